/** Entries of the overlay that are worth copying on each change before they are merged. */
const MERGE_ABOVE = 64;

/**
 * An immutable map. A change copies a small overlay instead of the whole, so that a state can be
 * applied to thousands of entries at a constant price, amortised.
 *
 * Entries are in the order in which their keys were last set: the first is the oldest.
 */
export class PersistentMap<K, V extends NonNullable<unknown>> {
  // A key of `base` that was deleted or set again is in `gone`; what was set again is in `recent`.
  private constructor(
    private readonly base: ReadonlyMap<K, V>,
    private readonly gone: ReadonlySet<K>,
    private readonly recent: ReadonlyMap<K, V>,
  ) {}

  static empty<K, V extends NonNullable<unknown>>(): PersistentMap<K, V> {
    return new PersistentMap<K, V>(new Map(), new Set(), new Map());
  }

  /** A key that comes twice keeps its last value and place. */
  static from<K, V extends NonNullable<unknown>>(
    entries: Iterable<readonly [K, V]>,
  ): PersistentMap<K, V> {
    const base = new Map<K, V>();
    for (const [key, value] of entries) {
      base.delete(key);
      base.set(key, value);
    }
    return new PersistentMap(base, new Set(), new Map());
  }

  get size(): number {
    return this.base.size - this.gone.size + this.recent.size;
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  get(key: K): V | undefined {
    return this.recent.get(key) ?? (this.gone.has(key) ? undefined : this.base.get(key));
  }

  /** The same table with the entry set, as its newest. */
  set(key: K, value: V): PersistentMap<K, V> {
    const recent = new Map(this.recent);
    recent.delete(key);
    recent.set(key, value);
    return this.with(this.goneAnd(key), recent);
  }

  /** The same table without the key; the table itself when it was not there. */
  delete(key: K): PersistentMap<K, V> {
    if (!this.has(key)) {
      return this;
    }
    const recent = new Map(this.recent);
    recent.delete(key);
    return this.with(this.goneAnd(key), recent);
  }

  /** The key that was set the longest time ago. */
  firstKey(): K | undefined {
    const [first] = this.keys();
    return first;
  }

  *keys(): IterableIterator<K> {
    for (const key of this.base.keys()) {
      if (!this.gone.has(key)) {
        yield key;
      }
    }
    yield* this.recent.keys();
  }

  *entries(): IterableIterator<[K, V]> {
    for (const entry of this.base) {
      if (!this.gone.has(entry[0])) {
        yield entry;
      }
    }
    yield* this.recent.entries();
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) {
      yield value;
    }
  }

  private goneAnd(key: K): ReadonlySet<K> {
    return this.base.has(key) && !this.gone.has(key) ? new Set(this.gone).add(key) : this.gone;
  }

  private with(gone: ReadonlySet<K>, recent: ReadonlyMap<K, V>): PersistentMap<K, V> {
    if (gone.size <= MERGE_ABOVE && recent.size <= MERGE_ABOVE) {
      return new PersistentMap(this.base, gone, recent);
    }
    const base = new Map(this.base);
    for (const key of gone) {
      base.delete(key);
    }
    for (const [key, value] of recent) {
      base.set(key, value);
    }
    return new PersistentMap(base, new Set(), new Map());
  }
}
