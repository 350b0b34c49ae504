import { isRefused, keywordsAt } from './keywords';
import { parseExpect } from './parse-expect';
import { fenceOnly, parseOperation } from './parse-operations';
import { assembly, block, clauses, endStatement, misspelt, nameOf, quoted } from './parse-parts';
import type { SyntaxTree } from './syntax';
import { TreeBuilder } from './tree-builder';

/**
 * Parses a `.cmodx` text. Never throws, whatever the text: what fits nowhere becomes `error` nodes with a problem
 * each, and the tree holds every character. Time is linear in the text.
 */
export function parse(text: string, file: string): SyntaxTree {
  const b = new TreeBuilder(text, file);
  while (b.peek() !== null) {
    if (b.peek()?.kind === 'newline' || b.at(';')) b.bump();
    else if (b.at('}')) {
      b.problemHere('this `}` closes nothing');
      b.leaf('error');
    } else declaration(b);
  }
  return b.finish();
}

type Parse = (b: TreeBuilder) => void;

const declarations: Readonly<Record<string, Parse>> = {
  import: (b) =>
    b.node('import', () => {
      b.bump();
      if (b.peek()?.kind === 'string') b.bump();
      else b.problemHere('`import` wants a file name in quotes: `import "machine.cmodx"`');
    }),
  machine: (b) =>
    b.node('machine', () => {
      b.bump();
      block(b, 'file', setting);
    }),
  symbol: (b) =>
    b.node('symbol', () => {
      b.bump();
      nameOf(b, 'symbol');
      if (!b.eat('=')) b.problemHere('a symbol needs an address: `symbol name = 0x80000000`');
      else if (b.atEnd()) b.problemHere('an address is missing');
      if (!b.atEnd()) clauses.address(b);
      clauses.registers(b);
    }),
  code: region('code'),
  data: region('data'),
  site: (b) =>
    b.node('site', () => {
      b.bump();
      nameOf(b, 'site');
      clauses.at(b);
      clauses.registers(b);
      block(b, 'file', version);
    }),
  sites: (b) =>
    b.node('sites', () => {
      b.bump();
      nameOf(b, 'sites');
      if (b.eat('from')) clauses.address(b, ['to', 'every', 'at', 'clobbers']);
      else b.problemHere('sites stand in a range: `from 0x80000000 to 0x81000000 every 4`');
      clauses.progression(b, ['at', 'clobbers']);
      if (b.at('at')) clauses.at(b);
      clauses.registers(b);
      block(b, 'file', version);
    }),
  protocol: (b) =>
    b.node('protocol', () => {
      b.bump();
      nameOf(b, 'protocol');
      if (b.eat('patches')) patches(b);
      else b.problemHere('a protocol says what it patches: `patches SITE from VERSION to VERSION`');
      block(b, 'protocol', inProtocol);
    }),
  on: handler,
};

function declaration(b: TreeBuilder): void {
  dispatch(b, declarations, 'file', 'a declaration');
  endStatement(b);
}

/** Runs the parser for the next word; a slip of the pen is reported and parsed as what was meant. */
function dispatch(
  b: TreeBuilder,
  parsers: Readonly<Record<string, Parse>>,
  place: 'file' | 'protocol',
  what: string,
): void {
  const word = b.peek()?.text ?? '';
  const parser = Object.hasOwn(parsers, word) ? parsers[word] : undefined;
  if (parser !== undefined) {
    parser(b);
    return;
  }
  if (isRefused(place, word)) {
    b.skipStatement('unsupported');
    return;
  }
  const meant = misspelt(b, keywordsAt(place), (guess) => `\`${word}\` is not ${what}${guess}`);
  const meantParser = meant === null ? undefined : parsers[meant];
  if (meantParser === undefined) b.skipStatement();
  else meantParser(b);
}

function setting(b: TreeBuilder): void {
  const word = b.peek();
  const known = keywordsAt('machine');
  if (word === null || !known.includes(word.text)) {
    misspelt(
      b,
      known,
      (guess) => `a machine has ${quoted(known)}, not ${word === null ? 'nothing' : `\`${word.text}\``}${guess}`,
    );
  }
  b.node('setting', () => {
    while (!b.atEnd()) b.bump();
  });
}

function region(kind: 'code' | 'data'): Parse {
  return (b) =>
    b.node(kind, () => {
      b.bump();
      nameOf(b, kind);
      clauses.at(b);
      block(b, 'assembly', assembly);
    });
}

function version(b: TreeBuilder): void {
  if (!b.at('version')) {
    const word = b.peek()?.text ?? '';
    const meant = misspelt(
      b,
      ['version'],
      (guess) => `a site holds versions, \`version NAME { ... }\`, not \`${word}\`${guess}`,
    );
    if (meant === null) {
      b.skipStatement();
      return;
    }
  }
  b.node('version', () => {
    b.bump();
    nameOf(b, 'version');
    block(b, 'assembly', assembly);
  });
}

/** `on trap return to A or B if P or Q { sepc -= 4 }`, `on ebreak at A if P { sepc += 4 }`, `on ipi { fence.i }`. */
function handler(b: TreeBuilder): void {
  const event = b.peek(1)?.text ?? '';
  if (event === 'ipi') {
    b.node('ipi', () => {
      b.bump();
      b.bump();
      block(b, 'step', fenceOnly);
    });
    return;
  }
  const breakpoint = event === 'ebreak';
  b.node(breakpoint ? 'breakpoint' : 'fixup', () => {
    b.bump();
    if (breakpoint) b.bump();
    else if (!(b.eat('trap') && b.eat('return')))
      b.problemHere(
        'a handler is written `on trap return to ADDRESS if PATTERN { sepc -= 4 }` or `on ebreak at ADDRESS { sepc += 4 }`',
      );
    if (b.eat(breakpoint ? 'at' : 'to')) {
      do clauses.address(b, ['or', 'if']);
      while (b.eat('or'));
    }
    if (b.eat('if')) {
      do {
        if (b.atEnd() || b.at('or')) b.problemHere('an instruction pattern is missing: `jalr t0, *(t0)`');
        b.node('pattern', () => {
          while (!b.atEnd() && !b.at('or')) b.bump();
        });
      } while (b.eat('or'));
    }
    block(b, 'protocol', () =>
      b.node('effect', () => {
        while (!b.atEnd()) b.bump();
      }),
    );
  });
}

/** `SITE from V over W to V`, several separated by commas. */
function patches(b: TreeBuilder): void {
  do {
    if (b.peekSolid()?.kind === 'word') b.skipNewlines();
    b.node('patch', () => {
      clauses.reference(b, 'a site', ['from', 'over', 'to']);
      for (const word of ['from', 'over', 'to']) {
        // `over` may fill in several times, from the most to the least preferred.
        while (b.eat(word)) clauses.reference(b, 'a version', ['over', 'to']);
      }
    });
  } while (b.eat(','));
}

const inProtocolParsers: Readonly<Record<string, Parse>> = {
  step: (b) =>
    b.node('step', () => {
      b.bump();
      nameOf(b, 'step');
      block(b, 'step', (inner) => parseOperation(inner, 1));
    }),
  patcher: (b) =>
    b.node('patcher', () => {
      b.bump();
      nameOf(b, 'patcher');
      block(b, 'protocol', inPatcher);
    }),
  thread: (b) =>
    b.node('thread', () => {
      b.bump();
      nameOf(b, 'thread');
      if (b.eat('at')) clauses.address(b, ['clobbers']);
      clauses.registers(b);
      block(b, 'assembly', assembly);
    }),
  executors: (b) =>
    b.node('executors', () => {
      while (!b.atEnd()) b.bump();
    }),
  forbid: (b) => b.node('forbid', () => sequence(b)),
  allow: (b) => b.node('allow', () => sequence(b)),
  reach,
  never: reach,
  expect: parseExpect,
  on: handler,
};

function inProtocol(b: TreeBuilder): void {
  const word = b.peek()?.text ?? '';
  if (Object.hasOwn(inProtocolParsers, word) || isRefused('protocol', word)) {
    dispatch(b, inProtocolParsers, 'protocol', 'a line of a protocol');
  } else if (keywordsAt('operation').includes(word)) parseOperation(b, 0);
  else {
    const meant = misspelt(
      b,
      [...keywordsAt('protocol'), ...keywordsAt('operation')],
      (guess) => `\`${word}\` is neither an operation nor a line of a protocol${guess}`,
    );
    if (meant === null) b.skipStatement();
    else if (Object.hasOwn(inProtocolParsers, meant)) inProtocolParsers[meant]?.(b);
    else parseOperation(b, 0, meant);
  }
}

/** `reach A, B to C every 8 from SITE by LABEL within 2047 of D`, or `never reach`. */
function reach(b: TreeBuilder): void {
  b.node('reach', () => {
    if (b.eat('never') && !b.at('reach')) b.problemHere('written `never reach TARGET from SITE by LABEL`');
    else b.bump();
    do {
      b.node('target', () => {
        clauses.address(b, [',', 'to', 'from', 'by', 'within']);
        if (b.at('to')) clauses.progression(b, [',', 'from', 'by', 'within']);
      });
    } while (b.eat(','));
    if (b.eat('from')) clauses.reference(b, 'a site', ['by', 'within']);
    else b.problemHere('a site is missing: `from SITE`');
    if (b.eat('by')) clauses.reference(b, 'a label', ['within']);
    if (!b.eat('within')) return;
    if (b.peek()?.kind === 'number') b.bump();
    else b.problemHere('a number of bytes is missing: `within 2047`');
    if (b.eat('of')) clauses.address(b, []);
  });
}

/** Steps and operations. */
function inPatcher(b: TreeBuilder): void {
  if (b.at('step')) inProtocolParsers.step?.(b);
  else parseOperation(b, 0);
}

/** `A or B then C`: labels. */
function sequence(b: TreeBuilder): void {
  b.bump();
  do clauses.reference(b, 'a label', ['or', 'then']);
  while (b.eat('or') || b.eat('then'));
}
