/**
 * Conditions on the fields of an instruction, as the tables write them: `rd=0`, `imm!=0|rd=0`, `rd=0&rs1!=0|rd=0&imm!=0`
 * (`&` binds closer than `|`).
 */

/** The alternative that holds (`rd=0`), or null. */
export type Condition = (fields: Readonly<Record<string, number>>) => string | null;

export function compileCondition(text: string): Condition {
  const alternatives = text.split('|').map((alternative) => ({
    alternative,
    terms: alternative.split('&').map((term) => {
      const [, name = '', operator, value] = /^(\w+)(!?=)(\d+)$/.exec(term) ?? [];
      if (operator === undefined) throw new Error(`bad condition in an instruction table: ${text}`);
      return { name, equal: operator === '=', value: Number(value) };
    }),
  }));
  return (fields) => {
    for (const { alternative, terms } of alternatives) {
      if (terms.every((term) => (fields[term.name] === term.value) === term.equal)) return alternative;
    }
    return null;
  };
}
