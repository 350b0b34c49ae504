/** How long a change may wait for others before the client is told, in ms. */
const calm = 40;

/** What an announcer asks of those whose documents it tells of. */
export interface Announced {
  /** What is to be told at once when it is not what was told last; null where the document is not to be told of. */
  news(uri: string): string | null;
  /** Is nothing under way? Then a change is told at once. */
  settled(uri: string): boolean;
  publish(uri: string): void;
}

/**
 * Decides when the client is told of a document. Verdicts are gathered for a moment while searches run, and told at once
 * when the last one is there, so that squiggles do not go and come with each letter.
 */
export class Announcer {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** `news` of what was told last, by document. */
  private readonly told = new Map<string, string>();

  /** @param nothing the news of a document of which nothing was told yet */
  constructor(
    private readonly announced: Announced,
    private readonly nothing: string,
  ) {}

  /** The document's text or what is known of it has changed. */
  changed(uri: string): void {
    const news = this.announced.news(uri);
    if (news === null) return;
    if (this.announced.settled(uri) || (this.told.get(uri) ?? this.nothing) !== news) this.publish(uri);
    else if (!this.timers.has(uri)) {
      this.timers.set(
        uri,
        setTimeout(() => this.publish(uri), calm),
      );
    }
  }

  /** Nothing of the document was told, and nothing will be until it changes. */
  forget(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.told.delete(uri);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private publish(uri: string): void {
    this.forget(uri);
    const news = this.announced.news(uri);
    if (news === null) return;
    this.told.set(uri, news);
    this.announced.publish(uri);
  }
}
