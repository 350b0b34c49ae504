/** The mail's protocol, its variations left out: `more` stands at the end of the protocol's block. */
export function mail(more = 'expect safe, effective', machine = ''): string {
  return `${machine}
symbol old_tramp = 0xffffffff80012000
symbol new_tramp = 0xffffffff80345680

site entry at 0xffffffff80a00000 clobbers t0 {
  version old {
    AUIPC:   auipc t0, %pcrel_hi(old_tramp)
    JALR:    jalr  t0, %pcrel_lo(AUIPC)(t0)
  }
  version skip {
    JUMP:    j     .+8
  }
  version new {
    AUIPC':  auipc t0, %pcrel_hi(new_tramp)
    JALR':   jalr  t0, %pcrel_lo(AUIPC')(t0)
  }
}

on trap return to entry+4 if jalr t0, *(t0) { sepc -= 4 }

protocol replay patches entry from old to new {
  step redirect { write JUMP   ; fence w,w ; sync fence.i }
  step retarget { write JALR'  ; fence w,w ; sync fence.i }
  step activate { write AUIPC' ; fence w,w ; sync fence.i }
  executors any preemptible
  ${more}
}
`;
}
