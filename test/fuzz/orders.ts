/** What the thread that fuzzes is told, and what it answers. */
import type { Finding } from './target';

export interface Order {
  /** Of a target. */
  readonly name: string;
  readonly seed: number;
  readonly runs: number;
}

export type Outcome =
  | Finding
  /** One input took longer than the limit. */
  | { readonly kind: 'hung'; readonly run: string; readonly input: string; readonly error: string }
  /** The thread ended: out of memory, or an error that nobody caught. */
  | { readonly kind: 'died'; readonly run: string; readonly input: string; readonly error: string };

/** Of the thread: counts inputs, so that another thread sees whether it goes on. */
export interface Shared {
  readonly counter: SharedArrayBuffer;
}
