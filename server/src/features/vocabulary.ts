import { type KeywordPlace, keywords } from '../language/keywords';
import { violationTexts } from './diagnostic-kinds';

/**
 * Where a word may stand: the places of the language's keywords, and those of the values behind them. Hover,
 * completion and the language reference are written from these texts.
 */
export type TermPlace = KeywordPlace | 'memory' | 'fetch' | 'ipi' | 'violation';

export interface Term {
  readonly word: string;
  readonly place: TermPlace;
  /** One line. */
  readonly summary: string;
  /** What one should know to use it right, in Markdown; null where the summary says it all. */
  readonly detail: string | null;
}

type Texts = Readonly<Record<string, readonly [summary: string, detail?: string]>>;

function terms(place: TermPlace, texts: Texts): Term[] {
  return Object.entries(texts).map(([word, [summary, detail]]) => ({ word, place, summary, detail: detail ?? null }));
}

const values: readonly Term[] = [
  ...terms('memory', {
    rvwmo: ["RISC-V weak memory ordering, as the ISA manual's axioms have it (the default)."],
    tso: ['Total store order (Ztso): only a later load may overtake an earlier store.'],
    sc: ['Sequential consistency: all accesses take effect in program order.'],
  }),
  ...terms('fetch', {
    letter: [
      "The manual's text until 2026: `fence.i` orders earlier accesses before later fetches, and nothing else is ordered.",
      "A fetch may even read past its own hart's later stores.",
    ],
    isa: [
      'The manual since September 2026: `fence.i` orders earlier fetches, too, before later fetches.',
      'Fetches are otherwise unordered: two of the same address may see the new word, then the old one.',
    ],
    'decode-w': [
      "A fetch comes before its hart's later stores (the default adds this to `isa`).",
      'Not in the manual, but no one builds otherwise; the formal work recommends it.',
    ],
    decode: [
      "A fetch comes before all of its hart's later accesses.",
      'The strong end of what the manual leaves open; `decode-w` is the careful choice.',
    ],
  }),
  ...terms('ipi', {
    memory: [
      'An ordinary store: `fence w,w` orders it after the code stores (the default).',
      'The handler runs in S-mode: it waits while S-mode interrupts are masked, and the trap returns through the fix-ups.',
    ],
    device: [
      'A store to a device register (IMSIC, CLINT): `fence w,o` orders it after the code stores, `fence w,w` does not.',
      'The handler runs in S-mode: it waits while S-mode interrupts are masked, and the trap returns through the fix-ups.',
    ],
    sbi: [
      'Firmware executes `fence.i` in M-mode: ordered as `device`, not held off by S-mode masking.',
      'It returns to the interrupted pc *without* the trap-return fix-ups of S-mode, and reaches parked harts, too.',
    ],
  }),
  ...Object.entries(violationTexts).map(
    ([word, { title, explanation }]): Term => ({ word, place: 'violation', summary: `${title}.`, detail: explanation }),
  ),
];

/** What there is to say of a keyword beyond its summary in the language's table. */
const details: Readonly<Record<string, string>> = {
  'machine isa':
    'RVA profiles include Ziccif: aligned 4-byte fetches are atomic. Without it every 16-bit parcel is fetched by itself.',
  'operation fence':
    '`P,S`: what of the earlier accesses comes before what of the later ones; `r` reads and `w` writes of memory, `i` and `o` of devices. It does not order fetches: that is `fence.i`, on each hart.',
  'operation fence.i':
    'This hart only. Other harts need a `sync`, and before that a `fence` which orders the code stores before the message.',
  'operation sync':
    "Sends every other hart a message, whose handler runs `fence.i` and answers; waits for all answers, then runs it on the patcher's hart. How the message travels, and so which fence must precede it, is the machine's `ipi`.",
  'operation stop_machine':
    'Preemptible threads are stopped wherever they are, also between two instructions of the site. `without park`, `irqs-off`, `release`, `acquire`, `fence.i` switch its parts off, to see what each is for.',
  'operation write':
    'An aligned word is one store: fetched either old or new (with Ziccif). At 2 mod 4, or `by half`, it is two, and a pass may fetch one half of each.',
  'verdict effective':
    'Computed always, and never a reason for `unsafe`; `expect effective` makes it a claim that must hold.',
  'protocol executors':
    "`any` is every number of threads and harts, the patcher's own hart among them, with any number of passes. They are preemptible, migrating and interruptible unless the line says otherwise.",
  'protocol reach':
    'Decided by `auipc result + immediate == target` at each site, never by distance: the `auipc` keeps the low 12 bits of where it stands. All else of the version stays as written.',
  'clause within':
    'Decides nothing: where the `reach` fails, the message says which sites the distance check would have allowed.',
  'protocol expect': 'A protocol without an `expect` is expected to be `safe`.',
  'condition ziccif':
    'Naturally aligned 4-byte fetches are atomic. `not ziccif`: every 16-bit parcel is fetched by itself.',
  'condition ziccid':
    'Fetches are in program order and see stores *eventually*: no help where a word must be in force now, or before code is freed.',
};

/** Every word of the language, with what is known of it. */
export const vocabulary: readonly Term[] = [
  ...keywords
    .filter(({ supported }) => supported)
    .map(({ word, place, summary }) => ({ word, place, summary, detail: details[`${place} ${word}`] ?? null })),
  ...values,
];

const byPlaceAndWord = new Map(vocabulary.map((term) => [`${term.place} ${term.word}`, term]));

/** The term that a word is, in the first of some places that knows it. */
export function findTerm(word: string, places: readonly TermPlace[]): Term | null {
  for (const place of places) {
    const term = byPlaceAndWord.get(`${place} ${word}`);
    if (term) return term;
  }
  return null;
}

/** All terms of a place. */
export function termsOf(place: TermPlace): Term[] {
  return vocabulary.filter((term) => term.place === place);
}

const accessNames: Readonly<Record<string, string>> = {
  i: 'device reads',
  o: 'device writes',
  r: 'reads',
  w: 'writes',
};

/** A set of a fence in words: `rw` is `reads and writes`. */
export function fenceSetText(set: string): string {
  const names = [...new Set(set)].map((letter) => accessNames[letter] ?? letter);
  if (names.length <= 1) return names[0] ?? 'nothing';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What a fence orders, in one sentence. */
export function fenceText(pred: string, succ: string): string {
  return `All earlier ${fenceSetText(pred)} before all later ${fenceSetText(succ)}, of this hart.`;
}
