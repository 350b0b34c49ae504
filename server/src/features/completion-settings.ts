import { profiles } from '../isa/extensions';
import { fetchRungs } from '../language/machine';
import { type Candidate, only, plain, words } from './completion-items';
import { settingValues } from './context';
import { findTerm } from './vocabulary';

/** The values of a machine's setting, or of a condition that changes it; `before`: what stands behind its name. */
export function settingCandidates(setting: string, before: readonly string[]): readonly Candidate[] | null {
  if (setting === 'isa') return before.length === 0 ? isaCandidates : [];
  const place = settingValues[setting];
  if (place === undefined) return null;
  if (before.at(-1) === '+') return only('fetch', 'decode-w', 'decode');
  if (before.length > 0) return [];
  return place === 'fetch' ? rungs() : words(place);
}

function rungs(): Candidate[] {
  return Object.keys(fetchRungs).map((rung) => {
    const rules = rung.split('+').map((part) => findTerm(part, ['fetch'])?.summary ?? '');
    return plain(rung, 'value', rules.join(' '));
  });
}

const isaCandidates: readonly Candidate[] = [
  ...[...profiles.keys()].map((name) => plain(name, 'value', 'profile, with Ziccif')),
  plain('rv64gc_zifencei_ziccif', 'value', 'with atomic aligned fetch'),
  plain('rv64gc_zifencei_ziccif_ziccid', 'value', 'with fetches in program order, too'),
  plain('rv64gc_zifencei', 'value', 'without Ziccif: every 16-bit parcel is fetched by itself'),
];
