import type { PlacedInstruction } from '../checker/scenario';
import type { PcrelHi } from '../isa/asm/types';
import type { NameEntry } from './names';

/** What stands at a label: the statement that follows it. */
export interface LabelTarget {
  readonly entry: NameEntry;
  readonly address: bigint;
  /** Empty for data and at the end of a block. */
  readonly instructions: readonly PlacedInstruction[];
  readonly bytes: Uint8Array;
  readonly pcrelHi: PcrelHi | null;
}

/** A name in its place. Where it stands is the program's to say: one text has several, one for each `when`. */
export interface PlacedName {
  readonly entry: NameEntry;
  readonly address: bigint;
}

/** A version, code or data with its labels. */
export interface BlockScope extends PlacedName {
  readonly labels: ReadonlyMap<string, LabelTarget>;
}

export interface SiteScope extends PlacedName {
  readonly versions: readonly BlockScope[];
}

/** All names of a program that have a place. */
export interface Scope {
  readonly symbols: ReadonlyMap<string, PlacedName>;
  readonly regions: ReadonlyMap<string, BlockScope>;
  readonly sites: ReadonlyMap<string, SiteScope>;
}

/** A name that was found: its address, what its dotted parts are, and the label where it ends in one. */
export interface Found {
  readonly address: bigint;
  /** One for each part: `entry.JALR` is the site and the label. */
  readonly parts: readonly { readonly entry: NameEntry; readonly offset: number; readonly length: number }[];
  readonly label: LabelTarget | null;
}

/** From where a name is looked up: the block itself first, then its neighbours in the site. */
export interface Here {
  readonly block?: BlockScope | undefined;
  readonly site?: SiteScope | undefined;
  /** Sites whose labels may be used without the site's name. */
  readonly sites?: readonly SiteScope[] | undefined;
}

/**
 * Finds what a word may mean, nearest first: own labels, those of the other versions of the site, those of `sites`,
 * then symbols, regions and sites, then labels of regions. Several results: the word is ambiguous. Dots go from the outside
 * in: `SITE.LABEL`, `VERSION.LABEL`, `SITE.VERSION.LABEL`, `REGION.LABEL`.
 */
export function find(scope: Scope, word: string, here: Here): Found[] {
  const label = (target: LabelTarget, offset = 0, before: Found['parts'] = []): Found => ({
    address: target.address,
    parts: [...before, { entry: target.entry, offset, length: target.entry.name.length }],
    label: target,
  });
  const inVersions = (site: SiteScope, name: string, offset = 0, before: Found['parts'] = []): Found[] =>
    site.versions.flatMap(({ labels }) => {
      const target = labels.get(name);
      return target === undefined ? [] : [label(target, offset, before)];
    });
  const plain = ({ entry, address }: PlacedName): Found => ({
    address,
    parts: [{ entry, offset: 0, length: entry.name.length }],
    label: null,
  });

  const own = here.block?.labels.get(word);
  if (own !== undefined) return [label(own)];
  for (const sites of [here.site === undefined ? [] : [here.site], here.sites ?? []]) {
    const near = sites.flatMap((site) => inVersions(site, word));
    if (near.length > 0) return near;
  }
  const global = scope.symbols.get(word) ?? scope.regions.get(word) ?? scope.sites.get(word);
  if (global !== undefined) return [plain(global)];
  const inRegions = [...scope.regions.values()].flatMap(({ labels }) => {
    const target = labels.get(word);
    return target === undefined ? [] : [label(target)];
  });
  if (inRegions.length > 0) return inRegions;

  const dot = word.indexOf('.', 1);
  if (dot < 0) return [];
  const outer = word.slice(0, dot);
  const inner = word.slice(dot + 1);
  const site = scope.sites.get(outer);
  if (site !== undefined) {
    const first = { entry: site.entry, offset: 0, length: outer.length };
    const found = inVersions(site, inner, dot + 1, [first]);
    return found.length > 0 ? found : versionLabels(site.versions, inner, dot + 1, [first]);
  }
  const region = scope.regions.get(outer);
  const target = region?.labels.get(inner);
  if (region !== undefined && target !== undefined) {
    return [label(target, dot + 1, [{ entry: region.entry, offset: 0, length: outer.length }])];
  }
  const sites = here.site === undefined ? (here.sites ?? [...scope.sites.values()]) : [here.site];
  return sites.flatMap(({ versions }) => versionLabels(versions, word, 0, []));

  function versionLabels(
    versions: readonly BlockScope[],
    text: string,
    offset: number,
    before: Found['parts'],
  ): Found[] {
    const at = text.indexOf('.', 1);
    if (at < 0) return [];
    const version = versions.find(({ entry }) => entry.name === text.slice(0, at));
    const named = version?.labels.get(text.slice(at + 1));
    if (version === undefined || named === undefined) return [];
    return [label(named, offset + at + 1, [...before, { entry: version.entry, offset, length: at }])];
  }
}

/** Every word that `find` would understand from here, for "did you mean". */
export function* wordsInReach(scope: Scope, here: Here): Generator<string> {
  if (here.block !== undefined) yield* here.block.labels.keys();
  for (const site of [...(here.site === undefined ? [] : [here.site]), ...(here.sites ?? [])]) {
    for (const { labels } of site.versions) yield* labels.keys();
  }
  yield* scope.symbols.keys();
  yield* scope.regions.keys();
  yield* scope.sites.keys();
  for (const { labels } of scope.regions.values()) yield* labels.keys();
}

/** What an ambiguous word may mean: `` `entry.old.A` or `entry.new.A` ``. */
export function alternatives(found: readonly { readonly parts: readonly { readonly entry: NameEntry }[] }[]): string {
  const paths = found.map(({ parts }) => {
    const entry = parts.at(-1)?.entry;
    return `\`${[entry?.container?.container?.name, entry?.container?.name, entry?.name].filter((name) => name !== undefined).join('.')}\``;
  });
  return [...new Set(paths)].join(' or ');
}
