/*
 * An instruction across two fetch units behind a breakpoint (examples/kprobes/breakpoint-first.cmodx) for SPIN: HARTS
 * executor harts beside the patcher's, each of which runs the site any number of times.
 *
 *   -DHARTS=n      executor harts (default 1)
 * Variants:
 *   -DNO_TRAP      no breakpoint is written: unsafe
 *   -DNO_SYNC1     step trap without its sync: unsafe
 *   -DNO_SYNC2     step tail without its sync: unsafe
 *   -DNO_SYNC3     step head without its sync: safe
 *   -DSWAP         step head before step tail: unsafe
 *
 * Checked: no hart runs the head of one version with the tail of another; the patcher always ends.
 *
 * Memory. A half is the number of the version that it holds: `issued` by the patcher, `visible` to everyone. Stores to
 * different halves become visible in any order, stores to one in theirs; the message of an IPI is a word too. `fence w,ow`
 * waits until all that was issued is visible.
 * Fetch. A hart may fetch any version of a half from the one that was visible at its last fence.i up to the one that is
 * visible now; an instruction's halves one after the other, and the later one need not be the newer one.
 * An interrupt comes between two instructions. The breakpoint's handler runs the old instruction and returns, which is one
 * step: nobody sees what it does. A thread that is switched out holds nothing, so threads need not be told from harts.
 */
#ifndef HARTS
#define HARTS 1
#endif

/* Versions of the head and of the tail. */
#define NOP_HEAD   0
#define BREAK      1
#define JUMP_HEAD  2
#define NOP_TAIL   0
#define JUMP_TAIL  1

typedef Halves {
  byte head;
  byte tail;
  byte ipi;
}
Halves issued;
Halves visible;
byte answers;

#define fence_w_ow (visible.head == issued.head && visible.tail == issued.tail && visible.ipi == issued.ipi)

/* What it has fetched of an instruction. */
#define NOTHING    0
#define NOP_BEGUN  1
#define JUMP_BEGUN 2

active [HARTS] proctype Hart() {
  byte fetched = NOTHING;
  byte taken;        /* interrupts */
  byte head;         /* the oldest versions that it may fetch */
  byte tail;

end:
  do
  /* The head; the breakpoint is an instruction by itself. */
  :: d_step { fetched == NOTHING && head == NOP_HEAD -> fetched = NOP_BEGUN }
  :: fetched == NOTHING && head <= BREAK && visible.head >= BREAK -> skip
  :: d_step { fetched == NOTHING && visible.head == JUMP_HEAD -> fetched = JUMP_BEGUN }
  /* The tail. */
  :: d_step { fetched != NOTHING && tail == NOP_TAIL -> assert(fetched == NOP_BEGUN); fetched = NOTHING }
  :: d_step { fetched != NOTHING && visible.tail == JUMP_TAIL -> assert(fetched == JUMP_BEGUN); fetched = NOTHING }
  /* The interrupt: read the message, fence.i, answer. */
  :: d_step {
       fetched == NOTHING && taken < visible.ipi ->
       taken++;
       head = visible.head;
       tail = visible.tail;
       answers++
     }
  od
}

/* Makes stores visible. */
active proctype Memory() {
end:
  do
  :: d_step { visible.head < issued.head -> visible.head++ }
  :: d_step { visible.tail < issued.tail -> visible.tail++ }
  :: d_step { visible.ipi < issued.ipi -> visible.ipi++ }
  od
}

inline sync() {
  issued.ipi++;
  d_step { answers == HARTS -> answers = 0 }
}

inline write_head() {
  issued.head = JUMP_HEAD;
  fence_w_ow;
#ifndef NO_SYNC3
  sync()
#endif
}

inline write_tail() {
  issued.tail = JUMP_TAIL;
  fence_w_ow;
#ifndef NO_SYNC2
  sync()
#endif
}

active proctype Patcher() {
#ifndef NO_TRAP
  issued.head = BREAK;
  fence_w_ow;
#ifndef NO_SYNC1
  sync();
#endif
#endif
#ifdef SWAP
  write_head();
  write_tail()
#else
  write_tail();
  write_head()
#endif
}
