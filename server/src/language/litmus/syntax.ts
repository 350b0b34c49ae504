/** What the parsers of a litmus file make of its text: plain trees with places. */

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** `0:x5`, `x`, `[x]`, `x[1]`. */
export type Place = Range &
  (
    | { readonly k: 'register'; readonly thread: number; readonly threadRange: Range; readonly name: Word }
    | { readonly k: 'memory'; readonly name: Word; readonly index: NumberWord | null }
  );

export interface Word extends Range {
  readonly text: string;
}

export interface NumberWord extends Word {
  readonly value: bigint;
}

/** What a place begins with, or is compared with. */
export type ValueNode = Range &
  (
    | { readonly k: 'number'; readonly value: bigint; readonly text: string }
    /** `x`, `&x`, `x[1]`: an address. Where `marked`, it was written with `&`. A label may be meant. */
    | { readonly k: 'address'; readonly name: Word; readonly index: NumberWord | null; readonly marked: boolean }
    /** `P0:L0`, `0:L0`, `label:"P0:L0"`. */
    | { readonly k: 'code'; readonly thread: number; readonly threadRange: Range; readonly name: Word }
    /** `instr:"nop"`: the place of what stands between the quotation marks. */
    | { readonly k: 'instruction'; readonly word: Word }
    /** `{1,2}`. */
    | { readonly k: 'list'; readonly items: readonly ValueNode[] }
    /** `1:x6`, `*x`, `[x]`: what another place holds. */
    | { readonly k: 'place'; readonly place: Place }
  );

/** One item of the initial state. */
export interface InitialItem extends Range {
  readonly type: Word | null;
  readonly pointer: boolean;
  readonly place: Place;
  /** Of `int x[2]`: how many elements; `place.index` is then null. */
  readonly count: NumberWord | null;
  readonly value: ValueNode | null;
}

export type ConditionNode = Range &
  (
    | { readonly k: 'constant'; readonly value: boolean }
    | { readonly k: 'atom'; readonly place: Place; readonly equal: boolean; readonly value: ValueNode }
    | { readonly k: 'not'; readonly a: ConditionNode }
    /** Two or more. */
    | { readonly k: 'and' | 'or'; readonly parts: readonly ConditionNode[] }
    | { readonly k: 'implies'; readonly a: ConditionNode; readonly b: ConditionNode }
  );

/** `x int *` in `locations [...]`. */
export interface ShownItem extends Range {
  readonly place: Place;
  readonly type: Word | null;
  readonly pointer: boolean;
}

export interface Constraints {
  readonly shown: readonly ShownItem[];
  readonly filter: ConditionNode | null;
  readonly condition: {
    readonly quantifier: 'exists' | 'not-exists' | 'forall';
    readonly quantifierRange: Range;
    readonly proposition: ConditionNode;
  } | null;
}

/** One cell of the table: its text without the white space around it. */
export interface CellNode extends Range {
  readonly row: number;
  readonly column: number;
}

export interface Program {
  /** `P0`, `P1`. */
  readonly threads: readonly Word[];
  /** Those that hold something, row by row. */
  readonly cells: readonly CellNode[];
  /** Where the rows end. */
  readonly end: number;
}
