/** Where a leadership runs: in a worker that no stall of this thread can reach, or elsewhere. */
import { Worker } from 'node:worker_threads';
import type { Ending } from '../../core/election/types';
import { errorFromJson, toStyxyError, type ErrorJson } from '../../core/domain/errors';
import type { Log } from '../../core/host/interfaces';
import type { CandidacyOrder } from '../election/candidate';
import type { HostedStart, LeaderHost } from '../node/leaderHost';

/** A worker gets this long to hand over; a participant that closes waits little longer. */
const HAND_OVER_MS = 1500;

/** What the worker is started with; it builds its own adapters. */
export interface WorkerOrder {
  readonly home: string;
  readonly order: CandidacyOrder;
}

/** What the worker tells. */
export type WorkerMessage =
  | { readonly kind: 'leading' }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: ErrorJson }
  | { readonly kind: 'failed'; readonly error: ErrorJson }
  | { readonly kind: 'over' }
  | { readonly kind: 'log'; readonly level: keyof Log; readonly message: string };

/** What the worker is told. */
export type WorkerCommand = { readonly kind: 'handOver' };

export interface WorkerLeaderHostOptions {
  /** Path of the worker's script. */
  readonly script: string;
  readonly home: string;
  readonly log: Log;
  /** Takes over when no worker can be started here. */
  readonly fallback: LeaderHost;
}

export class WorkerLeaderHost implements LeaderHost {
  readonly #options: WorkerLeaderHostOptions;
  #unusable = false;

  constructor(options: WorkerLeaderHostOptions) {
    this.#options = options;
  }

  async start(order: CandidacyOrder): Promise<HostedStart> {
    const { fallback, log } = this.#options;
    if (this.#unusable) {
      return fallback.start(order);
    }
    const outcome = await this.#startWorker(order);
    if (outcome.kind !== 'unusable') {
      return outcome;
    }
    this.#unusable = true;
    log.warn(`No worker thread can be started (${outcome.why}): leading on the main thread.`);
    return fallback.start(order);
  }

  #startWorker(
    order: CandidacyOrder,
  ): Promise<HostedStart | { readonly kind: 'unusable'; readonly why: string }> {
    const { script, home, log } = this.#options;
    return new Promise((resolve, reject) => {
      const workerData: WorkerOrder = { home, order };
      let worker: Worker;
      try {
        worker = new Worker(script, { workerData });
      } catch (error) {
        resolve({ kind: 'unusable', why: toStyxyError(error).message });
        return;
      }
      let told = false;
      let over = (): void => undefined;
      const ended = new Promise<void>((done) => {
        over = done;
      });
      worker.on('message', (message: WorkerMessage) => {
        told = true;
        switch (message.kind) {
          case 'log':
            log[message.level](message.message);
            break;
          case 'leading':
            resolve({ kind: 'leading', ended, handOver: () => handOver(worker, ended) });
            break;
          case 'ended': {
            const { why, cause } = message;
            resolve({ kind: 'ended', why, ...(cause ? { cause: errorFromJson(cause) } : {}) });
            break;
          }
          case 'failed':
            reject(errorFromJson(message.error));
            break;
          case 'over':
            over();
            break;
        }
      });
      worker.on('error', (error) => {
        log.error(`The leader's worker failed: ${toStyxyError(error).message}`);
        if (!told) {
          resolve({ kind: 'unusable', why: toStyxyError(error).message });
        }
      });
      worker.on('exit', (code) => {
        over();
        resolve({ kind: 'unusable', why: `it ended with code ${code}` });
      });
    });
  }
}

/** A worker that is stuck is ended: then it has left like after a crash. */
async function handOver(worker: Worker, ended: Promise<void>): Promise<void> {
  const command: WorkerCommand = { kind: 'handOver' };
  worker.postMessage(command);
  const timer = setTimeout(() => void worker.terminate(), HAND_OVER_MS);
  await ended;
  clearTimeout(timer);
}
