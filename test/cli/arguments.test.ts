import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../server/src/cli/arguments';

const options = { '--json': 'flag', '--max-states': 'number', '--isa': 'text' } as const;
const parse = (...args: string[]) => parseArguments(args, options);

describe('arguments', () => {
  test('options may stand anywhere, with their value behind a blank or an equals sign', () => {
    const { flags, numbers, texts, operands } = parse('a', '--isa', 'rv32i', '--max-states=1_000', 'b', '--json');
    expect([...flags]).toEqual(['--json']);
    expect([...numbers]).toEqual([['--max-states', 1000]]);
    expect([...texts]).toEqual([['--isa', 'rv32i']]);
    expect(operands).toEqual(['a', 'b']);
  });

  test('after -- all are operands', () => {
    expect(parse('--', '--json').operands).toEqual(['--json']);
  });

  test.each([
    [['--jsn'], 'unknown option `--jsn`; did you mean `--json`?'],
    [['--verbose'], 'unknown option `--verbose`'],
    [['-j'], 'unknown option `-j`'],
    [['--json=1'], '`--json` takes no value'],
    [['--isa'], '`--isa` needs a value'],
    [['--max-states', 'many'], '`--max-states` needs a whole number from 1 on, not `many`'],
    [['--max-states', '0'], '`--max-states` needs a whole number from 1 on, not `0`'],
    [['--max-states=1e9'], '`--max-states` needs a whole number from 1 on, not `1e9`'],
  ])('%j is refused', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
