/** Control and status registers (ISA manual, volume II, "CSR Listing"; AIA, CTR and debug specifications). */

/** A number, then the names from there on; `-` skips a number, `name3..31` stands for a run. */
const TABLE = `
001 fflags frm fcsr
008 vstart vxsat vxrm
00f vcsr
011 ssp
015 seed
017 jvt
100 sstatus
104 sie stvec scounteren
10a senvcfg - sstateen0..3
114 sieh
120 scountinhibit
140 sscratch sepc scause stval sip
14d stimecmp sctrctl sctrstatus siselect sireg sireg2..3 siph sireg4..6
15c stopei stimecmph - sctrdepth
180 satp srmcfg
200 vsstatus
204 vsie vstvec
214 vsieh
240 vsscratch vsepc vscause vstval vsip
24d vstimecmp vsctrctl
250 vsiselect vsireg vsireg2..3 vsiph vsireg4..6
25c vstopei vstimecmph
280 vsatp
300 mstatus misa medeleg mideleg mie mtvec mcounteren
308 mvien mvip menvcfg - mstateen0..3
310 mstatush - medelegh midelegh mieh
318 mvienh mviph menvcfgh - mstateen0h..3h
320 mcountinhibit mcyclecfg minstretcfg mhpmevent3..31
340 mscratch mepc mcause mtval mip
34a mtinst mtval2
34e mctrctl
350 miselect mireg mireg2..3 miph mireg4..6
35c mtopei
3a0 pmpcfg0..15
3b0 pmpaddr0..63
5a8 scontext
600 hstatus
602 hedeleg hideleg hie htimedelta hcounteren hgeie hvien hvictl henvcfg - hstateen0..3
612 hedelegh hidelegh - htimedeltah
618 hvienh - henvcfgh - hstateen0h..3h
643 htval hip hvip hviprio1 hviprio2 - - htinst
655 hviph hviprio1h hviprio2h
680 hgatp
6a8 hcontext
721 mcyclecfgh minstretcfgh mhpmevent3h..31h
740 mnscratch mnepc mncause - mnstatus
747 mseccfg
757 mseccfgh
7a0 tselect tdata1 tdata2 tdata3 tinfo tcontrol
7a8 mcontext - mscontext
7b0 dcsr dpc dscratch0 dscratch1
b00 mcycle - minstret mhpmcounter3..31
b80 mcycleh - minstreth mhpmcounter3h..31h
c00 cycle time instret hpmcounter3..31
c20 vl vtype vlenb
c80 cycleh timeh instreth hpmcounter3h..31h
da0 scountovf
db0 stopi
e12 hgeip
eb0 vstopi
f11 mvendorid marchid mimpid mhartid mconfigptr
fb0 mtopi
`;

/** `mhpmevent3h..31h` as its 29 names; anything else as itself. */
function run(text: string): string[] {
  const [, stem, from, suffix = '', to] = /^([a-z]+)(\d+)(h?)\.\.(\d+)h?$/.exec(text) ?? [];
  if (stem === undefined) return [text];
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${stem}${Number(from) + i}${suffix}`);
}

const byNumber = new Map<number, string>();
for (const line of TABLE.trim().split('\n')) {
  const [first = '', ...names] = line.split(' ');
  names.flatMap(run).forEach((name, i) => {
    if (name !== '-') byNumber.set(Number.parseInt(first, 16) + i, name);
  });
}
const byName = new Map([...byNumber].map(([number, name]) => [name, number]));

/** The name of a CSR (those of RV32 included), or undefined where the number has none. */
export const csrName = (number: number): string | undefined => byNumber.get(number);
/** The number of a CSR by its name, or undefined. */
export const csrNumber = (name: string): number | undefined => byName.get(name);
/** Every CSR by number. */
export const csrNames = (): ReadonlyMap<number, string> => byNumber;
