/** The ISA layer: ISA strings, decoding, encoding, printing, describing and assembling RISC-V instructions. */
export type * from './types';
export type * from './asm/types';
export { parseIsa, supports, withExtension, type IsaResult } from './isa-string';
export { decode, instructionLength } from './decode';
export { encode, type EncodeResult } from './encode';
export { compress, expand } from './compressed';
export { format, type FormatOptions } from './format';
export { describe, type BitField, type Description, type OperandDescription } from './describe';
export { parseStatement, parseStatements } from './asm/statement';
export { assembleBlock } from './asm/assemble';
export { parsePattern, type PatternResult } from './asm/pattern';
export { csrName, csrNames, csrNumber } from './csr';
export { fRegisterName, registerNames, xRegister, xRegisterName, fRegister } from './registers';
export { instructions, specOf } from './tables/index';
export { mnemonicCompletions, registerCompletions, type Completion } from './completions';
