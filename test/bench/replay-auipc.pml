/*
 * The mail's protocol (examples/ftrace/replay-auipc.cmodx) for SPIN: HARTS executor harts beside the patcher's, as many
 * preemptible threads, each of which runs the site PASSES times.
 *
 *   -DHARTS=n      executor harts, and threads (default 1)
 *   -DPASSES=n     passes of each thread, up to 3 (default 0: any number)
 * Variants:
 *   -DNO_FIXUP     no trap-return fix-up: unsafe
 *   -DNO_FENCE     no fence w,w: unsafe
 *   -DNO_SYNC1     step redirect without its sync: unsafe
 *   -DNO_SYNC2     step retarget without its sync
 *   -DNO_SYNC3     step activate without its sync: safe
 *
 * Checked: no pass runs the AUIPC of one version with the JALR of another; the patcher always ends.
 *
 * Memory. A word is the number of the version that it holds, and versions only ever grow: `issued` by the patcher,
 * `visible` to everyone. Stores to different words become visible in any order, stores to one in theirs; the message of
 * an IPI is a word too. `fence w,w` waits until all that was issued is visible: nothing but stores is ordered by it here.
 * Fetch. A hart may fetch any version of a word from the one that was visible at its last fence.i up to the one that is
 * visible now: new and then old again, too.
 * Threads and harts. A pass is at AUIPC (nothing read yet, which is as good as between two passes) or at JALR with t0.
 * Preempted threads are alike, so they are counted by their state and not named. A handler is one step, because nobody
 * else reads what it does but the patcher, and that only its answer.
 */
#ifndef HARTS
#define HARTS 1
#endif
#ifndef PASSES
#define PASSES 0
#endif

/* Passes that a thread has still to end: always one more where their number is not bounded. */
#if PASSES == 0
#define MOST 1
#define one_less skip
#else
#define MOST PASSES
#define one_less left--
#endif

/* Versions of the first word, of the second, and whose pair they belong to. */
#define AUIPC      0
#define JUMP       1
#define AUIPC_NEW  2
#define JALR       0
#define JALR_NEW   1
#define OLD        0
#define NEW        1

/* Where a hart's thread is. */
#define AT_AUIPC   0
#define AT_JALR    1
#define NO_THREAD  2

typedef Words {
  byte first;
  byte second;
  byte ipi;
}
Words issued;
Words visible;
byte answers;

/* Preempted threads, all of them at JALR: by t0 and by the passes that they have still to end. */
typedef Queue {
  byte old;
  byte new;
}
Queue preempted[MOST + 1];

#ifdef NO_FENCE
#define fence_w_w skip
#else
#define fence_w_w (visible.first == issued.first && visible.second == issued.second && visible.ipi == issued.ipi)
#endif

/* Whatever the second word holds in this protocol, as data, is a jalr t0, *(t0). */
#define is_jalr(word) (word == JALR || word == JALR_NEW)

#ifdef NO_FIXUP
#define trap_return skip
#else
#define trap_return \
  if \
  :: at == AT_JALR && is_jalr(visible.second) -> at = AT_AUIPC; t0 = OLD \
  :: else \
  fi
#endif

inline end_pass() {
  at = AT_AUIPC;
  t0 = OLD;
  one_less
}

inline resume(queue, value, passes) {
  d_step {
    at == NO_THREAD && queue > 0 ->
    queue--;
    at = AT_JALR;
    t0 = value;
    left = passes;
    trap_return
  }
}

active [HARTS] proctype Hart() {
  byte at = AT_AUIPC;
  bit t0 = OLD;
  byte left = MOST;
  byte taken;        /* interrupts */
  byte first;        /* the oldest versions that it may fetch */
  byte second;

end:
  do
  /* The first word. */
  :: d_step { at == AT_AUIPC && left > 0 && first <= AUIPC -> at = AT_JALR; t0 = OLD }
  :: d_step { at == AT_AUIPC && left > 0 && first <= JUMP && visible.first >= JUMP -> one_less }
  :: d_step { at == AT_AUIPC && left > 0 && visible.first >= AUIPC_NEW -> at = AT_JALR; t0 = NEW }
  /* The second. */
  :: d_step { at == AT_JALR && second <= JALR -> assert(t0 == OLD); end_pass() }
  :: d_step { at == AT_JALR && visible.second >= JALR_NEW -> assert(t0 == NEW); end_pass() }
  /* The interrupt: read the message, fence.i, answer, return. */
  :: d_step {
       taken < visible.ipi ->
       taken++;
       first = visible.first;
       second = visible.second;
       answers++;
       trap_return
     }
  /* Another interrupt, and another thread's turn. */
  :: d_step {
       at == AT_JALR ->
       if
       :: t0 == OLD -> preempted[left].old++
       :: else -> preempted[left].new++
       fi;
       at = NO_THREAD;
       t0 = OLD;
       left = 0
     }
  :: resume(preempted[1].old, OLD, 1)
  :: resume(preempted[1].new, NEW, 1)
#if MOST > 1
  :: resume(preempted[2].old, OLD, 2)
  :: resume(preempted[2].new, NEW, 2)
#endif
#if MOST > 2
  :: resume(preempted[3].old, OLD, 3)
  :: resume(preempted[3].new, NEW, 3)
#endif
  od
}

/* Makes stores visible. */
active proctype Memory() {
end:
  do
  :: d_step { visible.first < issued.first -> visible.first++ }
  :: d_step { visible.second < issued.second -> visible.second++ }
  :: d_step { visible.ipi < issued.ipi -> visible.ipi++ }
  od
}

inline sync() {
  issued.ipi++;
  d_step { answers == HARTS -> answers = 0 }
}

active proctype Patcher() {
  issued.first = JUMP;
  fence_w_w;
#ifndef NO_SYNC1
  sync();
#endif
  issued.second = JALR_NEW;
  fence_w_w;
#ifndef NO_SYNC2
  sync();
#endif
  issued.first = AUIPC_NEW;
  fence_w_w;
#ifndef NO_SYNC3
  sync();
#endif
}
