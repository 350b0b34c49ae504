import type { Macro, MacroArguments, MacroInstruction } from './macros';

/** The comparisons that V leaves to the assembler (ISA manual, volume I, "V: Vector Integer Compare Instructions"). */

const field = (args: MacroArguments, name: string): number => args.registers[name] ?? 0;

/** With and without a mask: the last operand, 0 where it is written. */
function both(syntax: string, make: (syntax: string) => Macro): Macro[] {
  return [make(syntax), make(`${syntax}, vm`)];
}

const maskOf = (args: MacroArguments): number => args.registers.vm ?? 1;

/** `vs2 < imm` as `vs2 <= imm - 1`, and `vs2 >= imm` as `vs2 > imm - 1`. */
function beside(mnemonic: string, target: string, meaning: string): Macro[] {
  const unsigned = mnemonic.endsWith('u.vi');
  return both('vd, vs2, constant', (syntax) => ({
    mnemonic,
    syntax,
    summary: `vd = vs2 ${meaning} constant, ${unsigned ? 'un' : ''}signed`,
    xlens: [32, 64],
    compressible: false,
    expand: (args) => {
      const value = Number(BigInt.asIntN(args.xlen, args.value));
      const [vd, vs2, vm] = [field(args, 'vd'), field(args, 'vs2'), maskOf(args)];
      if (value < -15 || value > 16) return { problem: `${value} is out of range: -15 to 16` };
      // Nothing is less than 0, and everything is at least 0.
      if (unsigned && value === 0)
        return [{ mnemonic: meaning === '<' ? 'vmsne.vv' : 'vmseq.vv', fields: { vd, vs2, vs1: vs2, vm } }];
      return [{ mnemonic: target, fields: { vd, vs2, imm: value - 1, vm } }];
    },
  }));
}

/** `vs2 >= rs1`, which is the negation of `vs2 < rs1`. */
function atLeast(letter: '' | 'u'): Macro[] {
  const less = (args: MacroArguments, vd: number, vm: number): MacroInstruction => ({
    mnemonic: `vmslt${letter}.vx`,
    fields: { vd, vs2: field(args, 'vs2'), rs1: field(args, 'rs1'), vm },
  });
  const logic = (name: string, vd: number, vs2: number, vs1: number): MacroInstruction => ({
    mnemonic: `${name}.mm`,
    fields: { vd, vs2, vs1 },
  });
  const make = (syntax: string, expand: Macro['expand']): Macro => ({
    mnemonic: `vmsge${letter}.vx`,
    syntax,
    summary: `vd = vs2 >= rs1, ${letter === 'u' ? 'un' : ''}signed`,
    xlens: [32, 64],
    compressible: false,
    expand,
  });
  return [
    make('vd, vs2, rs1', (args) => {
      const vd = field(args, 'vd');
      return [less(args, vd, 1), logic('vmnand', vd, vd, vd)];
    }),
    make('vd, vs2, rs1, vm', (args) => {
      const vd = field(args, 'vd');
      if (vd === 0) return { problem: 'into v0 it needs a register for its result between: `v0, vs2, rs1, v0.t, vt`' };
      return [less(args, vd, 0), logic('vmxor', vd, vd, 0)];
    }),
    make('vd, vs2, rs1, vm, vs3', (args) => {
      const [vd, vt] = [field(args, 'vd'), field(args, 'vs3')];
      if (vt === 0) return { problem: 'the register for the result between cannot be v0' };
      if (vd === 0) return [less(args, vt, 0), logic('vmandn', vd, vd, vt)];
      return [less(args, vt, 0), logic('vmandn', vt, 0, vt), logic('vmandn', vd, vd, 0), logic('vmor', vd, vt, vd)];
    }),
  ];
}

export const vectorMacros: readonly Macro[] = [
  ...beside('vmslt.vi', 'vmsle.vi', '<'),
  ...beside('vmsltu.vi', 'vmsleu.vi', '<'),
  ...beside('vmsge.vi', 'vmsgt.vi', '>='),
  ...beside('vmsgeu.vi', 'vmsgtu.vi', '>='),
  ...atLeast(''),
  ...atLeast('u'),
];
