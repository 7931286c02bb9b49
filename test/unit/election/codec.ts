/** Worlds as short strings, exact, so that millions of them can be told apart. */
import type { Step } from '../../../src/core/election/types';
import type { EpochFiles, Memory, Process, World } from './world';

/** Gives equal values one number. */
class Interner<T extends object> {
  readonly #byText = new Map<string, number>();
  readonly #byIdentity = new WeakMap<T, number>();
  readonly #values: T[] = [];

  readonly #textOf: (value: T) => string;

  constructor(textOf: (value: T) => string = JSON.stringify) {
    this.#textOf = textOf;
  }

  idOf(value: T): number {
    let id = this.#byIdentity.get(value);
    if (id === undefined) {
      const text = this.#textOf(value);
      id = this.#byText.get(text);
      if (id === undefined) {
        id = this.#values.length;
        this.#values.push(value);
        this.#byText.set(text, id);
        this.#byIdentity.set(value, id);
      }
    }
    return id;
  }

  valueOf(id: number): T {
    const value = this.#values[id];
    if (value === undefined) {
      throw new Error(`Nothing has the number ${id}.`);
    }
    return value;
  }
}

const HALF = 15;
const LOW = (1 << HALF) - 1;

/**
 * A world as a short string: two characters for each part, exact, no hash. Processes are sorted:
 * worlds that differ only in who is who are the same.
 */
export class Codec {
  readonly #epochs = new Interner<EpochFiles>();
  readonly #steps = new Interner<Step<Memory>>();
  readonly #files = new Interner<World['files']>((files) =>
    files.map((epoch) => this.#epochs.idOf(epoch)).join(),
  );
  readonly #clients = new Interner<World['clients']>();
  readonly #budgets = new Interner<World['budget']>();
  readonly #processes = new Interner<Process>((process) => {
    const { doing } = process;
    const step = 'step' in doing ? this.#steps.idOf(doing.step) : 0;
    return JSON.stringify('step' in doing ? { ...process, doing: { ...doing, step } } : process);
  });
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  encode({ files, clients, budget, processes }: World): string {
    const ids = processes.map((process) => this.#processes.idOf(process)).sort((x, y) => x - y);
    let key = '';
    for (const id of [
      this.#files.idOf(files),
      this.#clients.idOf(clients),
      this.#budgets.idOf(budget),
      ...ids,
    ]) {
      key += String.fromCharCode(id >> HALF, id & LOW);
    }
    return key;
  }

  decode(key: string): World {
    const id = (part: number) => (key.charCodeAt(2 * part) << HALF) | key.charCodeAt(2 * part + 1);
    return {
      files: this.#files.valueOf(id(0)),
      clients: this.#clients.valueOf(id(1)),
      budget: this.#budgets.valueOf(id(2)),
      processes: Array.from({ length: this.#count }, (_, index) =>
        this.#processes.valueOf(id(3 + index)),
      ),
    };
  }
}
