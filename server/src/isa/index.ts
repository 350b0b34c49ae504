/** The ISA layer: ISA strings, decoding, encoding, printing, describing and assembling RISC-V instructions. */

export { assembleBlock } from './asm/assemble';
export { type PatternResult, parsePattern } from './asm/pattern';
export { parseStatement, parseStatements } from './asm/statement';
export type * from './asm/types';
export { type Completion, mnemonicCompletions, registerCompletions } from './completions';
export { compress, expand } from './compressed';
export { csrName, csrNames, csrNumber } from './csr';
export { type Decoder, decode, decoderOf, instructionLength } from './decode';
export { type BitField, type Description, describe, type OperandDescription } from './describe';
export { type EncodeResult, encode } from './encode';
export { type FormatOptions, format, Text } from './format';
export { type IsaResult, parseIsa, supports, undecoded, withExtension } from './isa-string';
export type { Candidate } from './lookup';
export { Printer } from './print';
export type { Sink } from './program';
export { fRegister, fRegisterName, registerNames, xRegister, xRegisterName } from './registers';
export { registersOf, spaceFor } from './saved-registers';
export { instructions, specOf } from './tables/index';
export type { TextPool } from './texts';
export type * from './types';
