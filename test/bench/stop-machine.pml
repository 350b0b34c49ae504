/*
 * ftrace under stop_machine (examples/ftrace/stop-machine.cmodx, protocol enable) for SPIN: HARTS executor harts beside
 * the patcher's, and as many threads, each of which runs the site any number of times.
 *
 *   -DHARTS=n        executor harts, and threads (default 1)
 * Variants:
 *   -DPREEMPTIBLE    threads are switched out within the site, and stop_machine does not wait for them: unsafe
 *   -DNO_STOP        nobody is stopped: unsafe
 *   -DIRQS           stopped harts still take interrupts, whose handlers run the site: unsafe
 *   -DNO_FENCE_I     harts go on without fence.i: unsafe
 *   -DNO_RELEASE     the counter that lets harts go on is stored without release: unsafe
 *
 * Checked: no pass runs JALR without the AUIPC before it; the patcher always ends. AUIPC before NOP' is good: it sets t0
 * and nothing else, and t0 is free.
 *
 * Memory. A word is the number of the version that it holds: `issued` by the patcher, `visible` to everyone. Stores to
 * different words become visible in any order; a release waits for those before it.
 * Fetch. A hart may fetch any version of a word from the one that was visible at its last fence.i up to the one that is
 * visible now. It never fetches what is not there yet, so that what it tells afterwards comes after: the rung decode-w.
 * Stop. A hart reports when no thread is within a pass on it: between two passes, or after a thread was switched out.
 * Switched-out threads are alike, so they are counted by what they hold in t0 and not named.
 */
#ifndef HARTS
#define HARTS 1
#endif

/* Versions of a word. */
#define NOP        0
#define CALL       1

/* Where a hart's thread is. */
#define AT_FIRST   0
#define AT_SECOND  1
#define NO_THREAD  2

typedef Words {
  byte first;
  byte second;
  byte go;
}
Words issued;
Words visible;

bool stopping;
byte parked_harts;

/* Threads that were switched out before the second word: whether AUIPC has set their t0. */
byte without_t0;
byte with_t0;

#ifdef IRQS
#define runs true
#else
#define runs (!parked)
#endif

active [HARTS] proctype Hart() {
  byte at = AT_FIRST;
  bit t0;
  bool parked;
  byte first;        /* the oldest versions that it may fetch */
  byte second;

end:
  do
  /* The first word: NOP or AUIPC. */
  :: d_step { runs && at == AT_FIRST && first == NOP -> at = AT_SECOND; t0 = 0 }
  :: d_step { runs && at == AT_FIRST && visible.first == CALL -> at = AT_SECOND; t0 = 1 }
  /* The second: NOP' or JALR. */
  :: d_step { runs && at == AT_SECOND && second == NOP -> at = AT_FIRST; t0 = 0 }
  :: d_step { runs && at == AT_SECOND && visible.second == CALL -> assert(t0 == 1); at = AT_FIRST; t0 = 0 }
#ifndef NO_STOP
  /* It stops, and goes on. */
  :: d_step { stopping && !parked && at != AT_SECOND && visible.go == 0 -> parked = true; parked_harts++ }
  :: d_step {
       parked && at != AT_SECOND && visible.go == 1 ->
       parked = false;
#ifndef NO_FENCE_I
       first = visible.first;
       second = visible.second
#endif
     }
#endif
#ifdef PREEMPTIBLE
  /* Another thread's turn. */
  :: d_step {
       !parked && at == AT_SECOND ->
       if
       :: t0 == 0 -> without_t0++
       :: else -> with_t0++
       fi;
       at = NO_THREAD;
       t0 = 0
     }
  :: d_step { !parked && at == NO_THREAD && without_t0 > 0 -> without_t0--; at = AT_SECOND; t0 = 0 }
  :: d_step { !parked && at == NO_THREAD && with_t0 > 0 -> with_t0--; at = AT_SECOND; t0 = 1 }
#endif
  od
}

/* Makes stores visible. */
active proctype Memory() {
end:
  do
  :: d_step { visible.first < issued.first -> visible.first++ }
  :: d_step { visible.second < issued.second -> visible.second++ }
  :: d_step { visible.go < issued.go -> visible.go++ }
  od
}

active proctype Patcher() {
#ifndef NO_STOP
  stopping = true;
  parked_harts == HARTS;
#endif
  issued.first = CALL;
  issued.second = CALL;
#ifndef NO_RELEASE
  (visible.first == issued.first && visible.second == issued.second);
#endif
  issued.go = 1
}
