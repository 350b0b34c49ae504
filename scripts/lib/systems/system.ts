/** A way to patch code, as docs/systems has a page for it. */
export interface System {
  /** Of the page, without its ending. */
  readonly file: string;
  readonly title: string;
  /** One line, for the list of systems. */
  readonly summary: string;
  /** Markdown: what it is, why it is safe or not in terms of the architecture, and what follows. */
  readonly introduction: readonly string[];
  /** Files under examples/, in the order of the page. */
  readonly examples: readonly string[];
  /** Assumptions whose violation is told at length, as that of every protocol is that is unsafe as it stands: `PROTOCOL when CONDITION`. */
  readonly told?: readonly string[];
}
