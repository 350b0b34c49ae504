import type { HartState, Recording, Snapshot, TraceStep } from '../checker/verdict';

/** Why a run came to rest. */
export type Rest = 'start' | 'step' | 'breakpoint' | 'end';

/**
 * A position in a recording, from 0 (before the first step) to the number of steps (at its end). Every
 * state is stored, so going back is looking at an earlier one: the exact inverse of going forward.
 */
export class Playback {
  private index = 0;
  /** All harts of the trace, in the order in which they appear. */
  readonly harts: readonly string[];

  constructor(private readonly recording: Recording) {
    const names = [recording.before, ...recording.trace.map(({ after }) => after)].flatMap(({ harts }) =>
      harts.map(({ name }) => name),
    );
    this.harts = [...new Set([...names, ...recording.trace.map(({ hart }) => hart)])];
  }

  get position(): number {
    return this.index;
  }

  get length(): number {
    return this.recording.trace.length;
  }

  get atEnd(): boolean {
    return this.index === this.length;
  }

  /** The machine as it stands. */
  get state(): Snapshot {
    return this.recording.trace[this.index - 1]?.after ?? this.recording.before;
  }

  /** What happens next; null at the end. */
  get next(): TraceStep | null {
    return this.recording.trace[this.index] ?? null;
  }

  /** What happened last; null before the first step. */
  get last(): TraceStep | null {
    return this.recording.trace[this.index - 1] ?? null;
  }

  /** The hart to look at: the one that acts next, at the end the one that acted last. */
  get actor(): string {
    return this.next?.hart ?? this.last?.hart ?? this.harts[0] ?? '';
  }

  /** What a hart is doing; null where it is not there yet. */
  hart(name: string): HartState | null {
    return this.state.harts.find((hart) => hart.name === name) ?? null;
  }

  forward(): Rest {
    if (!this.atEnd) this.index += 1;
    return this.rest('step');
  }

  back(): Rest {
    if (this.index > 0) this.index -= 1;
    return this.rest('step');
  }

  /** Runs until another hart is to act. */
  forwardToSwitch(): Rest {
    const hart = this.actor;
    do this.forward();
    while (!this.atEnd && this.actor === hart);
    return this.rest('step');
  }

  /** Runs until a step is next at which `stopsAt` holds, or the end. */
  run(stopsAt: (step: TraceStep) => boolean): Rest {
    do this.forward();
    while (this.next && !stopsAt(this.next));
    return this.rest('breakpoint');
  }

  /** Runs back until a step is next at which `stopsAt` holds, or the start. */
  runBack(stopsAt: (step: TraceStep) => boolean): Rest {
    do this.back();
    while (this.index > 0 && this.next && !stopsAt(this.next));
    return this.index === 0 ? 'start' : 'breakpoint';
  }

  restart(): Rest {
    this.index = 0;
    return 'start';
  }

  private rest(otherwise: Rest): Rest {
    if (this.atEnd) return 'end';
    return this.index === 0 ? 'start' : otherwise;
  }
}
