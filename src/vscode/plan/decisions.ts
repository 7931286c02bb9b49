/** The part of an editor's `Memento` that plans use: what the user decided, kept with the window. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** More decisions than these are not kept: the oldest go. */
const MAX_KEPT = 200;

/** A set of texts that outlives the window. */
export class KeptSet {
  constructor(
    private readonly memory: Memory,
    private readonly key: string,
  ) {}

  has(text: string): boolean {
    return this.all().includes(text);
  }

  add(text: string): void {
    if (!this.has(text)) {
      void this.memory.update(this.key, [...this.all(), text].slice(-MAX_KEPT));
    }
  }

  private all(): readonly string[] {
    const kept = this.memory.get(this.key);
    return Array.isArray(kept) ? kept.filter((it) => typeof it === 'string') : [];
  }
}
