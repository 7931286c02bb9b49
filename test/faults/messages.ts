/** What the driver and a participant tell each other. */
import type { Grant } from './diary';
import type { Control } from './controls';

export interface ParticipantOptions {
  /** `p3`: its place, which the next process in it keeps with its workspace. */
  readonly name: string;
  /** 1 for the first process in this place. */
  readonly life: number;
  readonly home: string;
  readonly workspace: string;
  /** Folder of the diaries. */
  readonly diaries: string;
  readonly seed: number;
  readonly lanes: number;
  /** Milliseconds between two calls of a lane, at most. */
  readonly pauseMs: number;
  readonly control?: Control;
  /** Script of the worker in which it leads; on its main thread when it is absent. */
  readonly worker?: string;
}

export type Order =
  /** Lets its calls end and makes no new ones. */
  | { readonly do: 'stop' }
  | { readonly do: 'list' }
  /** Its clock is off by so many milliseconds from now on. */
  | { readonly do: 'setClock'; readonly offsetMs: number }
  | { readonly do: 'close' };

export type Report =
  /** It leads or follows this epoch. */
  | { readonly told: 'role'; readonly leads: boolean; readonly epoch: number }
  /** A call was answered under this epoch; told a few times a second. */
  | { readonly told: 'answered'; readonly epoch: number }
  | { readonly told: 'stopped' }
  | { readonly told: 'listed'; readonly allocations: readonly Grant[] };
