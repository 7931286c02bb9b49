/**
 * What participants write before and after each call, one JSON line each, at once and by itself: a
 * process that is killed loses nothing that it was answered.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import type { StyxyErrorCode } from '../../src/core/domain/errors';

export interface Grant {
  readonly id: string;
  readonly port: number;
  /** The pair that it was asked for. */
  readonly workspace: string;
  readonly service: string;
  /** Of a singleton. */
  readonly group?: string;
}

export type Call =
  | { readonly kind: 'allocate'; readonly workspace: string; readonly services: readonly string[] }
  | { readonly kind: 'release'; readonly id: string }
  | { readonly kind: 'move'; readonly id: string; readonly to: number };

export type Entry =
  | { readonly ev: 'ask'; readonly n: number; readonly call: Call }
  /** Answered by the leader of `epoch`. */
  | {
      readonly ev: 'ok';
      readonly n: number;
      readonly epoch: number;
      readonly grants?: readonly Grant[];
      /** Of a release: holders that remain. */
      readonly remaining?: number;
    }
  /** `unknown`: it may have happened all the same. */
  | {
      readonly ev: 'no';
      readonly n: number;
      readonly code: StyxyErrorCode;
      readonly unknown: boolean;
      readonly message: string;
    }
  /** Somebody else listens on a port that is ours. */
  | { readonly ev: 'taken'; readonly id: string; readonly port: number }
  | { readonly ev: 'listens'; readonly id: string; readonly port: number }
  /** Of the driver: the participant was killed. */
  | { readonly ev: 'killed' }
  /** Of the driver; `lost`: how the leader of this epoch was taken away. */
  | {
      readonly ev: 'fault';
      readonly kind: string;
      readonly epoch: number;
      readonly lost?: 'killed' | 'frozen';
    };

export type Line = Entry & {
  /** Nanoseconds of the machine's monotonic clock, which all processes share. */
  readonly t: number;
  /** Participant and life: `p3.2` is the third one's second process. */
  readonly who: string;
};

/** An append-only diary of one process. */
export class Diary {
  readonly #who: string;
  readonly #file: number;
  #calls = 0;

  constructor(path: string, who: string) {
    this.#who = who;
    this.#file = openSync(path, 'a');
  }

  /** Answers the number of the call. */
  ask(call: Call): number {
    this.#calls += 1;
    this.write({ ev: 'ask', n: this.#calls, call });
    return this.#calls;
  }

  write(entry: Entry, who = this.#who): void {
    const line: Line = { t: Number(process.hrtime.bigint()), who, ...entry };
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** The lines of a diary. One that was torn by a kill was never complete: its call is unknown. */
export function readDiary(path: string): readonly Line[] {
  const texts = readFileSync(path, 'utf8').split('\n');
  texts.pop();
  return texts.map((text) => JSON.parse(text) as Line);
}
