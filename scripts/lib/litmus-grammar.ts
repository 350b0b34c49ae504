/** The TextMate grammar of herd7's RISC-V litmus files, made from the language's own words. */

import { cTypes } from '../../server/src/language/litmus/ctypes';
import { conditionWords } from '../../server/src/language/litmus/program';
import { any, type Rule, xRegisters } from './textmate';

const name = '[A-Za-z_.$][\\w.$]*';
const thread = 'P?[0-9]+';
/** A word that is no part of a longer one. */
const whole = (words: string): string => `(?<![\\w.$])(?:${words})(?![\\w.$])`;
const quantifiers = `(?:(?:~|not\\b)\\s*)?exists|forall|final`;
const sections = `(?:(?:~|not\\b)\\s*)?(?:${any([...conditionWords, 'final'])})\\b`;

/** The grammar, plain JSON. */
export function litmusGrammar(): unknown {
  const include = (...names: string[]): Rule[] => names.map((one) => ({ include: `#${one}` }));
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'Litmus test',
    scopeName: 'source.litmus',
    fileTypes: ['litmus'],
    patterns: include('head', 'comments', 'information', 'description', 'state', 'program', 'condition'),
    repository: {
      comments: { name: 'comment.block.litmus', begin: '\\(\\*', end: '\\*\\)', patterns: include('comments') },
      head: {
        match: '^\\s*(RISCV)[ \\t]+(\\S+)',
        captures: { 1: { name: 'keyword.control.litmus' }, 2: { name: 'entity.name.type.litmus' } },
      },
      information: {
        match: '^[ \\t]*([A-Za-z][\\w/.-]*)[ \\t]*(=)(.*)$',
        captures: {
          1: { name: 'support.type.property-name.litmus' },
          2: { name: 'keyword.operator.assignment.litmus' },
          3: { name: 'string.unquoted.litmus' },
        },
      },
      description: { name: 'string.quoted.double.litmus', begin: '"', end: '"' },
      state: {
        begin: '\\{',
        beginCaptures: { 0: { name: 'punctuation.section.block.begin.litmus' } },
        end: '\\}',
        endCaptures: { 0: { name: 'punctuation.section.block.end.litmus' } },
        patterns: [
          { begin: '(?<==)\\s*\\{', end: '\\}', patterns: include('comments', 'values') },
          { match: `${whole(any([...cTypes.keys()]))}(?=\\s*[*A-Za-z_0-9\\[])`, name: 'storage.type.litmus' },
          ...include('comments', 'values'),
        ],
      },
      program: {
        begin: '^(?=[ \\t]*P[0-9]+[ \\t]*[|;])',
        end: `(?=^\\s*(?:${sections}|<<))|(?=(?<=;)\\s*${sections})`,
        patterns: [
          ...include('comments'),
          { match: '(?<![\\w.])P[0-9]+(?=\\s*[|;])', name: 'entity.name.section.thread.litmus' },
          { match: '[|;]', name: 'punctuation.separator.cell.litmus' },
          ...include('instruction'),
        ],
      },
      instruction: {
        patterns: [
          {
            match: `(${name}|[0-9]+)[ \\t]*(:)`,
            captures: { 1: { name: 'entity.name.label.litmus' }, 2: { name: 'punctuation.separator.label.litmus' } },
          },
          {
            begin: '(?<![\\w.$])([a-z][a-z0-9]*(?:\\.[a-z0-9]+)*)(?![\\w$])',
            beginCaptures: { 1: { name: 'keyword.mnemonic.riscv' } },
            end: '(?=[|;"])|$',
            patterns: include('comments', 'operands'),
          },
        ],
      },
      operands: {
        patterns: [
          { match: whole(xRegisters), name: 'variable.language.register.riscv' },
          { match: '(?<=[\\s,])[iorw]+(?=\\s*(?:,|$|[|;]))', name: 'constant.other.fence-set.litmus' },
          ...include('numbers'),
          { match: name, name: 'variable.other.label.litmus' },
        ],
      },
      condition: {
        begin: `(?=${sections})`,
        end: '(?!)',
        patterns: [
          ...include('comments'),
          { match: '<<.*', name: 'comment.line.litmus' },
          { match: whole(quantifiers), name: 'keyword.control.quantifier.litmus' },
          { match: '~\\s*exists\\b', name: 'keyword.control.quantifier.litmus' },
          { match: whole('filter|locations|with'), name: 'keyword.control.litmus' },
          { match: whole('true|false'), name: 'constant.language.litmus' },
          { match: `${whole('not')}|~|/\\\\|\\\\/|=>`, name: 'keyword.operator.logical.litmus' },
          { match: '==?|!=|<>', name: 'keyword.operator.comparison.litmus' },
          { match: `(?<=\\s)${whole(any([...cTypes.keys()]))}(?=\\s*[*;\\]])`, name: 'storage.type.litmus' },
          ...include('values'),
        ],
      },
      values: {
        patterns: [
          {
            begin: '(instr)(:)[ \\t]*(")',
            beginCaptures: {
              1: { name: 'keyword.other.instruction.litmus' },
              3: { name: 'punctuation.definition.string.litmus' },
            },
            end: '(")|$',
            patterns: include('instruction'),
          },
          {
            match: `(label)(:)[ \\t]*"(${thread}):(${name})"`,
            captures: {
              1: { name: 'keyword.other.instruction.litmus' },
              3: { name: 'entity.name.section.thread.litmus' },
              4: { name: 'variable.other.label.litmus' },
            },
          },
          {
            match: `(?<![\\w.])(${thread})(:)(${xRegisters})(?![\\w.$])`,
            captures: {
              1: { name: 'entity.name.section.thread.litmus' },
              3: { name: 'variable.language.register.riscv' },
            },
          },
          {
            match: `(?<![\\w.])(${thread})(:)(${name})`,
            captures: { 1: { name: 'entity.name.section.thread.litmus' }, 3: { name: 'variable.other.label.litmus' } },
          },
          ...include('numbers'),
          { match: name, name: 'variable.other.location.litmus' },
        ],
      },
      numbers: {
        patterns: [
          { name: 'constant.numeric.hex.litmus', match: '(?<![\\w.])-?0[xX][0-9a-fA-F]+' },
          { name: 'constant.numeric.decimal.litmus', match: '(?<![\\w.])-?[0-9]+' },
        ],
      },
    },
  };
}
