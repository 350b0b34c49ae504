/** The words of the language: the one home of what the parser, completion, hover and docs know of them. */

export type KeywordPlace =
  | 'file'
  | 'machine'
  | 'site'
  | 'protocol'
  | 'operation'
  | 'switch'
  | 'executors'
  | 'granule'
  | 'verdict'
  | 'condition'
  | 'clause';

export interface Keyword {
  readonly word: string;
  /** Where it may stand first; a word may have several entries. */
  readonly place: KeywordPlace;
  readonly summary: string;
  /** Known, parsed, and refused by name. */
  readonly supported: boolean;
}

function words(place: KeywordPlace, entries: Readonly<Record<string, string>>, supported = true): Keyword[] {
  return Object.entries(entries).map(([word, summary]) => ({ word, place, summary, supported }));
}

export const keywords: readonly Keyword[] = [
  ...words('file', {
    import: 'Takes over the machine, symbols, code, data, sites and handlers of another file.',
    machine: 'The ISA, the memory model, the fetch rules and how IPIs travel. Every line has a default.',
    symbol: 'A named address outside the scenario: reaching it ends the pass, unless it `returns`.',
    code: 'Fixed code at an address: a trampoline, a handler, a function body.',
    data: 'Initial data at an address.',
    site: 'Code that is patched: its place, its versions and the registers that it may clobber.',
    sites: 'Many sites of one shape: `sites NAME from A to B every N`.',
    protocol: 'What the patcher does, who executes the code meanwhile, and what must hold.',
    on: '`on trap return`: what a trap handler does to the interrupted pc. `on ebreak`: what the handler of a breakpoint does. `on ipi`: what a hart does that a `sync` interrupts.',
  }),
  ...words(
    'file',
    {
      exists: 'A condition over final registers and memory.',
      forall: 'A condition over final registers and memory.',
    },
    false,
  ),
  ...words('machine', {
    isa: 'An ISA string (`rv64gc_zifencei_ziccif`) or a profile (`rva22s64`, the default).',
    memory: 'The data memory model: `rvwmo` (default), `tso` or `sc`.',
    fetch: 'The fetch rules: `letter`, or `isa` with `+decode-w` (default) or `+decode`.',
    ipi: 'How a message to another hart travels: `memory` (default), `device` or `sbi`.',
  }),
  ...words('site', { version: 'An instruction sequence that the site may legitimately hold.' }),
  ...words('protocol', {
    step: 'A named group of operations, so that a `when` can leave it out.',
    executors:
      'Who executes the sites: a number or `any`; preemptible, migrating, interruptible unless said otherwise.',
    forbid: '`forbid A then B`: B must never be the next instruction that a thread executes after A in one pass.',
    allow: "`allow A then B`: a pass that executes this sequence counts as one of the site's versions.",
    expect: 'What the verdict must be: `safe` or `unsafe KIND ...`, claims, and `when` conditions.',
    on: '`on trap return`, `on ebreak`, `on ipi`: a handler of this protocol alone.',
    reach:
      '`reach TARGET from SITE by LABEL`: the immediate of that jump alone, rewritten, leads to the target from every site.',
    never: '`never reach TARGET from SITE by LABEL`: from no site does it.',
    thread: 'Code of an executor, in which its passes begin instead of at the sites.',
    patcher: 'One of several patchers, which run side by side, with operations and steps of its own.',
  }),
  ...words(
    'protocol',
    {
      exists: 'A condition over final registers and memory.',
      forall: 'A condition over final registers and memory.',
    },
    false,
  ),
  ...words('operation', {
    write: "Stores the bytes of labelled instructions (`write JALR'`) or of one given (`write entry+4, nop`).",
    'store.b': 'Stores one byte of data.',
    'store.h': 'Stores two bytes of data.',
    'store.w': 'Stores four bytes of data.',
    'store.d': 'Stores eight bytes of data.',
    fence: '`fence P,S` with sets of `i o r w`; without operands `iorw,iorw`.',
    'fence.tso': 'All but store-to-load order.',
    'fence.i': "Orders this hart's earlier accesses and fetches before its later fetches.",
    sync: 'Makes every other hart run a handler (`fence.i`, a block of fences, or that of `on ipi`), waits for all, and runs it here; `async` does not wait.',
    asm: 'Instructions of the patcher: their stores and fences are its operations.',
    stop_machine: 'Parks every other hart with interrupts off while the block runs.',
    wait: '`wait rcu_tasks`: until every thread has been outside of the sites and of all that they jump to.',
    free: 'Poisons code, data or what stands at a symbol: whoever runs or reads it afterwards is a violation, `freed`.',
    run: '`run SITE as VERSION`: the patcher itself passes through a site, which must then be that version.',
    lock: 'Takes a lock, with acquire, once no other patcher holds it.',
    unlock: 'Gives a lock back, with release.',
    migrate: 'The patcher goes on on another hart; `with fence.i`: which executes one at the switch.',
  }),
  ...words('switch', {
    park: 'The other harts are stopped while the block runs.',
    'irqs-off': 'The stopped harts take no S-mode interrupts.',
    release: 'The stopper leaves with a store-release.',
    acquire: 'The stopped harts leave with a load-acquire.',
    'fence.i': 'Each stopped hart executes `fence.i` before it goes on.',
  }),
  ...words('executors', {
    any: 'Every number of threads and harts, from one up.',
    preemptible: 'A thread may be preempted within a pass (default).',
    migrating: 'A thread may go on on another hart (default).',
    pinned: 'A thread stays on its hart.',
    interruptible: 'S-mode interrupts may come within a pass (default).',
    masked: 'No S-mode interrupt comes within a pass.',
    not: 'The opposite of the next word.',
    online: '`online later`: harts come online while the protocol runs; `with fence.i`: their start-up executes one.',
    later: 'See `online`.',
    with: '`migrating with fence.i`, `online later with fence.i`: what the hart executes then.',
  }),
  ...words('granule', {
    byte: 'One store for each byte, lowest address first.',
    half: 'One store for each halfword, low half first.',
    word: 'One store for each word.',
    double: 'One 8-byte store.',
  }),
  ...words('verdict', {
    safe: 'No violation can be reached.',
    unsafe: 'At least one violation can be reached; each kind that is named is among them.',
    effective: "A pass begun after the patcher's end is equivalent to the `to` version.",
    retires: '`retires V`: at the end no thread is in version V any more, nor in what it jumps to.',
    not: 'The next claim does not hold.',
  }),
  ...words('condition', {
    without: 'Leaves out a step, a part of it (`STEP.sync`), or "on trap return".',
    swap: 'Two steps, or two operations, change places.',
    not: 'Takes an extension or an assumption away.',
    match: '`match nop too`: the trap-return fix-ups match this pattern too.',
    executors: 'Another number of executors.',
    isa: 'Another ISA string or profile.',
    memory: 'Another data memory model.',
    fetch: 'Other fetch rules.',
    ipi: 'Another way for IPIs to travel.',
    preemptible: 'Executors are preemptible.',
    migrating: 'Executors migrate.',
    pinned: 'Executors stay on their hart.',
    masked: 'Executors mask S-mode interrupts within a pass.',
    interruptible: 'Executors take S-mode interrupts within a pass.',
    ziccif: 'Aligned instruction fetches are atomic.',
    ziccid: 'Instruction fetches are in program order.',
    sync: '`sync async`: no sync waits for its answers; `sync not async`: each does.',
    write: '`write by half`: all code stores are split so.',
    stop_machine: '`stop_machine without fence.i`.',
  }),
  ...words('clause', {
    at: 'The address: an expression, or `A mod M` where any address of that alignment will do.',
    mod: 'See `at`.',
    returns: 'The link register through which a call to the symbol comes back.',
    clobbers: 'Registers whose values are compared only through the exit that they lead to.',
    patches: 'The sites that the protocol patches.',
    from: 'The version that the site holds at first; the first of `sites`; the site of a `reach`.',
    over: 'The version that fills what `from` leaves open.',
    to: 'The version that the protocol puts in force; the end of a range of addresses, itself not in it.',
    by: 'The size of the stores; of a `reach`, the jump whose immediate is rewritten.',
    every: 'The distance from one address to the next.',
    within: 'A distance check, to be compared with what can be encoded.',
    of: 'From where the distance is measured; without it, from the site.',
    when: 'The same protocol under changed assumptions.',
    or: 'An alternative.',
    if: 'An instruction pattern.',
    // biome-ignore lint/suspicious/noThenProperty: a keyword of the language
    then: 'The next instruction.',
    async: 'Sent, not waited for.',
    as: 'The version that a pass must be.',
    with: 'What the hart executes at the switch.',
    rcu_tasks: 'Every thread has been outside.',
  }),
];

/** The words that may stand first in a place; `supportedOnly` leaves out those that are refused. */
export function keywordsAt(place: KeywordPlace, supportedOnly = false): string[] {
  return keywords.filter((k) => k.place === place && (k.supported || !supportedOnly)).map((k) => k.word);
}

/** Is the word refused by name in this place? */
export function isRefused(place: KeywordPlace, word: string): boolean {
  return keywords.some((k) => k.place === place && k.word === word && !k.supported);
}
