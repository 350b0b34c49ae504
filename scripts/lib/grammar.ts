/**
 * The TextMate grammar of .cmodx, made from the language's own words: what a newcomer sees before the server answers,
 * and where there is none. Semantic tokens refine it.
 */

import { violationKinds } from '../../server/src/checker/verdict';
import { directives } from '../../server/src/isa/asm/directives';
import { type KeywordPlace, keywords } from '../../server/src/language/keywords';
import { any, type Rule, xRegisters } from './textmate';

const name = "[A-Za-z_$][\\w$.]*'*";
const blockStart = '(?:import|machine|symbol|code|data|site|on|protocol|version|step|executors|expect|forbid|allow)';
const statementEnd = '(?=;|\\}|//|#|/\\*)|$';
const fRegisters = 'ft(?:1[01]|[0-9])|fs(?:1[01]|[0-9])|fa[0-7]|f(?:3[01]|[12]?[0-9])';

/** What GNU as works off as text, before anything is assembled. */
const steering = /^(?:macro|endm|exitm|purgem|rept|irpc?|endr|if|elseif|else|endif|error)$/;

/** Directives without their dots: those that steer, or all others. */
const directiveWords = (steers: boolean): string =>
  any([...directives].flatMap(([word, { k }]) => (steering.test(k) === steers ? word.slice(1) : [])));

/** A construct that holds a block: it begins at its word and ends behind its `}`, or where the next construct begins. */
function construct(word: string, nameScope: string | null, inner: readonly Rule[], block: readonly Rule[]): Rule {
  return {
    begin: `(?<![\\w.$])(${word})(?![\\w.$'])${nameScope === null ? '' : `(?:[ \\t]+(${name}))?`}`,
    beginCaptures: { 1: { name: 'keyword.control.cmodx' }, ...(nameScope === null ? {} : { 2: { name: nameScope } }) },
    end: `(?<=\\})|(?=^\\s*${blockStart}\\b)`,
    patterns: [
      { include: '#comments' },
      {
        begin: '\\{',
        beginCaptures: { 0: { name: 'punctuation.section.block.begin.cmodx' } },
        end: '\\}',
        endCaptures: { 0: { name: 'punctuation.section.block.end.cmodx' } },
        patterns: block,
      },
      ...inner,
    ],
  };
}

/** One statement that begins with a word and ends with its line, its block or a `;`. */
function statement(word: string, scope: string, patterns: readonly Rule[]): Rule {
  return {
    begin: `(?<![\\w.$%])(${word})(?![\\w.$'])`,
    beginCaptures: { 1: { name: scope } },
    end: statementEnd,
    patterns,
  };
}

/** The grammar, plain JSON. */
export function grammar(): unknown {
  const at = (place: KeywordPlace): string =>
    any(keywords.filter((keyword) => keyword.place === place).map(({ word }) => word));
  const word = (words: string, scope: string): Rule => ({ match: `(?<![\\w.$])(?:${words})(?![\\w.$'])`, name: scope });
  const address = [
    { include: '#numbers' },
    word(at('clause'), 'keyword.other.clause.cmodx'),
    { include: '#registers' },
  ];
  const reference = { match: name, name: 'variable.other.label.cmodx' };

  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'CMODX',
    scopeName: 'source.cmodx',
    fileTypes: ['cmodx'],
    patterns: [
      { include: '#comments' },
      { include: '#import' },
      { include: '#machine' },
      { include: '#symbol' },
      { include: '#region' },
      { include: '#site' },
      { include: '#fixup' },
      { include: '#protocol' },
    ],
    repository: {
      comments: {
        patterns: [
          { name: 'comment.line.double-slash.cmodx', match: '//.*$' },
          { name: 'comment.line.number-sign.cmodx', match: '#.*$' },
          { name: 'comment.block.cmodx', begin: '/\\*', end: '\\*/' },
        ],
      },
      strings: { name: 'string.quoted.double.cmodx', begin: '"', end: '"|$' },
      numbers: {
        patterns: [
          { name: 'constant.numeric.hex.cmodx', match: '(?<![\\w.])0[xX][0-9a-fA-F]+' },
          { name: 'constant.numeric.binary.cmodx', match: '(?<![\\w.])0[bB][01]+' },
          { name: 'variable.other.label.local.cmodx', match: '(?<![\\w.])[0-9]+[bf](?!\\w)' },
          { name: 'constant.numeric.decimal.cmodx', match: '(?<![\\w.])[0-9]+' },
        ],
      },
      registers: {
        name: 'variable.language.register.riscv',
        match: `(?<![\\w.$])(?:${xRegisters}|${fRegisters}|sepc)(?![\\w.$'])`,
      },
      import: statement('import', 'keyword.control.cmodx', [{ include: '#strings' }]),
      machine: construct(
        'machine',
        'entity.name.type.cmodx',
        [],
        [
          { include: '#comments' },
          {
            match: `(?<![\\w.])(${at('machine')})[ \\t]+([\\w.+-]+)`,
            captures: { 1: { name: 'keyword.other.machine.cmodx' }, 2: { name: 'constant.other.machine.cmodx' } },
          },
        ],
      ),
      symbol: {
        begin: `(?<![\\w.$])(symbol)[ \\t]+(${name})`,
        beginCaptures: { 1: { name: 'keyword.control.cmodx' }, 2: { name: 'entity.name.constant.cmodx' } },
        end: statementEnd,
        patterns: address,
      },
      region: construct('code|data', 'entity.name.section.cmodx', address, [{ include: '#assembly' }]),
      site: construct('sites?', 'entity.name.section.cmodx', address, [
        { include: '#comments' },
        { include: '#version' },
      ]),
      version: construct('version', 'entity.name.type.version.cmodx', [], [{ include: '#assembly' }]),
      fixup: {
        begin: '(?<![\\w.$])(on[ \\t]+(?:trap[ \\t]+return|ebreak))(?![\\w.$])',
        beginCaptures: { 1: { name: 'keyword.control.cmodx' } },
        end: `(?<=\\})|(?=^\\s*${blockStart}\\b)`,
        patterns: [
          { include: '#comments' },
          {
            begin: '\\{',
            end: '\\}',
            patterns: [{ include: '#comments' }, { include: '#registers' }, { include: '#numbers' }],
          },
          statementPattern('if|or|at|run'),
          ...address,
          reference,
        ],
      },
      protocol: construct(
        'protocol',
        'entity.name.function.protocol.cmodx',
        [...address, reference],
        [
          { include: '#comments' },
          { include: '#step' },
          { include: '#fixup' },
          { include: '#executors' },
          { include: '#expect' },
          { include: '#order' },
          { include: '#operations' },
        ],
      ),
      step: construct('step', 'entity.name.function.step.cmodx', [], [{ include: '#operations' }]),
      operations: {
        patterns: [
          { include: '#comments' },
          statement('write', 'keyword.operator.word.write.cmodx', [
            { include: '#granule' },
            statementPattern('(?<=,)'),
            { include: '#numbers' },
            reference,
          ]),
          statement('store\\.[bhwd]', 'keyword.operator.word.store.cmodx', [
            { include: '#granule' },
            { include: '#numbers' },
            reference,
          ]),
          statement('fence\\.i|fence\\.tso|fence', 'keyword.mnemonic.fence.cmodx', [
            { match: '\\b[iorw]+\\b', name: 'constant.other.fence-set.cmodx' },
          ]),
          word('sync', 'keyword.operator.word.sync.cmodx'),
          word('async', 'keyword.other.clause.cmodx'),
          { begin: '\\{', end: '\\}', patterns: [{ include: '#operations' }] },
          construct(
            'stop_machine',
            null,
            [word(`${at('switch')}|without`, 'keyword.other.switch.cmodx')],
            [{ include: '#operations' }],
          ),
          word(at('operation'), 'keyword.operator.word.cmodx'),
        ],
      },
      granule: {
        match: `(?<![\\w.])(by)[ \\t]+(${at('granule')})\\b`,
        captures: { 1: { name: 'keyword.other.clause.cmodx' }, 2: { name: 'constant.language.granule.cmodx' } },
      },
      executors: statement('executors', 'keyword.control.cmodx', [
        { include: '#numbers' },
        word(at('executors'), 'constant.language.executors.cmodx'),
      ]),
      order: statement('forbid|allow', 'keyword.control.cmodx', [
        word('then', 'keyword.other.clause.cmodx'),
        reference,
      ]),
      expect: {
        begin: '(?<![\\w.$])(expect)(?![\\w.$])',
        beginCaptures: { 1: { name: 'keyword.control.cmodx' } },
        end: '$|(?=//|#|\\})',
        patterns: [
          {
            begin: '(?<![\\w.])(when)(?![\\w.])',
            beginCaptures: { 1: { name: 'keyword.other.clause.cmodx' } },
            end: '$|(?=//|#|\\})',
            patterns: [
              { include: '#strings' },
              { include: '#numbers' },
              word(at('condition'), 'keyword.other.condition.cmodx'),
              { match: "[A-Za-z_$][\\w$.+-]*'*", name: 'variable.other.condition.cmodx' },
            ],
          },
          word('safe', 'constant.language.verdict.safe.cmodx'),
          word('unsafe', 'constant.language.verdict.unsafe.cmodx'),
          word(any(violationKinds), 'constant.language.violation.cmodx'),
          word(at('verdict'), 'keyword.other.claim.cmodx'),
        ],
      },
      assembly: {
        patterns: [
          { include: '#comments' },
          {
            match: "(?<![\\w.$'])([A-Za-z_.$][\\w.$]*'*|[0-9]+)[ \\t]*(:)",
            captures: { 1: { name: 'entity.name.label.cmodx' }, 2: { name: 'punctuation.separator.label.cmodx' } },
          },
          statement(`\\.(?:${directiveWords(true)})`, 'keyword.control.directive.riscv', [{ include: '#operands' }]),
          statement(`\\.(?:${directiveWords(false)})`, 'keyword.other.directive.riscv', [{ include: '#operands' }]),
          statement('[A-Za-z_$][\\w.$]*(?=[ \\t]*=)', 'variable.other.constant.riscv', [{ include: '#operands' }]),
          statement('[a-z][a-z0-9]*(?:\\.[a-z0-9]+)*', 'keyword.mnemonic.riscv', [{ include: '#operands' }]),
        ],
      },
      operands: {
        patterns: [
          { match: '\\\\(?:@|\\(\\)|[A-Za-z_$][\\w.$]*)', name: 'variable.parameter.macro.riscv' },
          { match: '%[a-z_]+', name: 'support.function.relocation.riscv' },
          { include: '#strings' },
          { include: '#registers' },
          { include: '#numbers' },
          { match: "[A-Za-z_$][\\w$.]*'*", name: 'variable.other.label.cmodx' },
        ],
      },
    },
  };

  /** An instruction, or a pattern of one, that stands behind `before` in the middle of a statement. */
  function statementPattern(before: string): Rule {
    return {
      begin: before.startsWith('(?<')
        ? `${before}[ \\t]*([a-z][a-z0-9.]*)`
        : `(?<![\\w.])(?:${before})[ \\t]+([a-z][a-z0-9.]*)(?=[ \\t])`,
      beginCaptures: { 0: { name: 'meta.instruction.cmodx' }, 1: { name: 'keyword.mnemonic.riscv' } },
      end: '(?=;|\\{|\\}|//|#)|(?=\\bor\\b)|$',
      patterns: [{ include: '#granule' }, { include: '#operands' }],
    };
  }
}
