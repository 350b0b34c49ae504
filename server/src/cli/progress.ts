import type { CliHost } from './host';

/** A line that says how far a long command is, and goes away; nothing where nobody looks on. */
export class ProgressLine {
  private shown = false;
  constructor(private readonly host: Pick<CliHost, 'stderr' | 'watched'>) {}

  tell(text: string): void {
    if (!this.host.watched) return;
    this.shown = true;
    this.host.stderr(`\r${text}\u001b[K`);
  }

  readonly count = (done: number, all: number): void => {
    this.tell(`${done.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}`);
  };

  clear(): void {
    if (this.shown) this.host.stderr('\r\u001b[K');
    this.shown = false;
  }
}
