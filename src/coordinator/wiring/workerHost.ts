/** Where a term runs: in a worker that no stall of this thread can reach, or elsewhere. */
import { Worker } from 'node:worker_threads';
import type { Ending } from '../../core/election/types';
import { errorFromJson, toStyxyError, type ErrorJson } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import type { Log } from '../../core/host/interfaces';
import { deferred } from '../async/promises';
import type { CandidacyOptions } from '../election/candidate';
import type { LeaderHost, TermStart } from '../node/campaign';

/** A worker gets this long to hand over; a participant that closes waits little longer. */
const HAND_OVER_MS = 1500;

/** What the worker is started with; it builds its own adapters. */
export interface WorkerStart {
  readonly home: string;
  readonly candidacy: CandidacyOptions;
}

/** What the worker reports. */
export type WorkerMessage =
  | { readonly kind: 'leading' }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: ErrorJson }
  | { readonly kind: 'failed'; readonly error: ErrorJson }
  | { readonly kind: 'over' }
  | { readonly kind: 'log'; readonly level: keyof Log; readonly message: string };

/** What the worker is asked for. */
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

  async start(candidacy: CandidacyOptions): Promise<TermStart> {
    const { fallback, log } = this.#options;
    if (this.#unusable) {
      return fallback.start(candidacy);
    }
    const outcome = await this.#startWorker(candidacy);
    if (outcome.kind !== 'unusable') {
      return outcome;
    }
    this.#unusable = true;
    log.warn(`No worker thread can be started (${outcome.why}): leading on the main thread.`);
    return fallback.start(candidacy);
  }

  #startWorker(
    candidacy: CandidacyOptions,
  ): Promise<TermStart | { readonly kind: 'unusable'; readonly why: string }> {
    const { script, home, log } = this.#options;
    return new Promise((resolve, reject) => {
      const workerData: WorkerStart = { home, candidacy };
      let worker: Worker;
      try {
        worker = new Worker(script, { workerData });
      } catch (error) {
        resolve({ kind: 'unusable', why: toStyxyError(error).message });
        return;
      }
      let reported = false;
      const over = deferred();
      const ended = over.promise;
      worker.on('message', (message: WorkerMessage) => {
        reported = true;
        switch (message.kind) {
          case 'log':
            log[message.level](message.message);
            break;
          case 'leading':
            resolve({ kind: 'leading', term: { ended, handOver: () => handOver(worker, ended) } });
            break;
          case 'ended':
            resolve(given({ ...message, cause: message.cause && errorFromJson(message.cause) }));
            break;
          case 'failed':
            reject(errorFromJson(message.error));
            break;
          case 'over':
            over.resolve();
            break;
        }
      });
      worker.on('error', (error) => {
        log.error(`The leader's worker failed: ${toStyxyError(error).message}`);
        if (!reported) {
          resolve({ kind: 'unusable', why: toStyxyError(error).message });
        }
      });
      worker.on('exit', (code) => {
        over.resolve();
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
