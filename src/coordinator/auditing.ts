/** The audit log of a leadership: written after each commit, in its order, beside the answers. */
import type { AuditEntry, AuditQuery, AuditTrail } from '../core/audit';
import { auditEntries } from '../core/auditEntries';
import { toStyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import type { Allocation, Intruder, ListeningProcess } from '../core/model';
import type { Clock, Log } from '../core/ports';
import type { Replayed } from '../core/recover';
import { describeIntruder } from '../core/recovery/describeIntruder';
import type { State } from '../core/registry';
import type { AuditAnswer } from '../core/requests';
import { within } from './within';

/** Commits that may wait while the disk hangs; what comes then is not logged, and that is told. */
const MAX_WAITING = 10_000;

/** How long a checkpoint, or leaving, waits for a log that nothing is decided by. */
const PATIENCE_MS = 2000;

export interface AuditingOptions {
  readonly trail: AuditTrail;
  /** Absolute path of its newest file. */
  readonly auditPath: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The number of the last commit and of its epoch. */
  place(): { readonly epoch: number; readonly seq: number };
}

export class Auditing {
  readonly #options: AuditingOptions;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #left = 0;

  constructor(options: AuditingOptions) {
    this.#options = options;
  }

  /** What a leader that crashed had committed and not written any more. */
  catchUp(replayed: readonly Replayed[]): void {
    this.#then(async () => {
      if (replayed.length === 0) {
        return;
      }
      const last = await this.#options.trail.lastCommit();
      const missed = replayed.filter(({ seq }) => seq >= last.seq);
      const entries = missed.flatMap(({ epoch, seq, before, events }) => {
        const ofCommit = auditEntries(before, events, { epoch, seq });
        // Of the last one only the first lines may have been written.
        return seq === last.seq ? ofCommit.slice(last.entries) : ofCommit;
      });
      await this.#append(entries);
    });
  }

  committed(before: State, events: readonly StateEvent[]): void {
    const place = this.#options.place();
    this.#then(() => this.#append(auditEntries(before, events, place)));
  }

  /** A change of leadership: the leader itself is the actor. */
  leadership(after: Record<string, unknown>, note: string): void {
    const { clock, place } = this.#options;
    const actor = { kind: 'leader', label: 'leader', id: '' } as const;
    const at = clock.now();
    this.#then(() => this.#append([{ ...place(), at, what: 'leadership', actor, after, note }]));
  }

  /** Somebody else has the port of an allocation. */
  conflict(allocation: Allocation, intruder: Intruder, process?: ListeningProcess): void {
    const { port, service, serviceType, workspace } = allocation;
    const actor = { kind: 'leader', label: 'leader', id: '' } as const;
    const at = this.#options.clock.now();
    const note = `port ${port} is in use by ${describeIntruder(process, intruder)}`;
    const what = 'conflict';
    this.#then(() =>
      this.#append([
        { ...this.#options.place(), at, what, actor, port, service, serviceType, workspace, note },
      ]),
    );
  }

  /** Only after a check that this is still the leader. */
  rotate(): void {
    this.#then(async () => {
      await this.#options.trail.rotateIfFull();
    });
  }

  /**
   * What was committed until now is in the file, or was refused by the disk, or the disk hangs: it
   * is not waited for longer than `PATIENCE_MS`.
   */
  async settled(): Promise<void> {
    await within(this.#options.clock, PATIENCE_MS, this.#writing, undefined);
  }

  /** Errors: `storage_unavailable`. */
  async read(query: AuditQuery): Promise<AuditAnswer> {
    await this.settled();
    const { trail, auditPath } = this.#options;
    return { ...(await trail.read(query)), path: auditPath };
  }

  async #append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length > 0) {
      await this.#options.trail.append(entries);
    }
  }

  /** The log promises nothing that an answer has to wait for. */
  #then(work: () => Promise<void>): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#left += 1;
      return;
    }
    this.#waiting += 1;
    this.#writing = this.#writing.then(work).then(
      () => this.#done(),
      (error: unknown) => {
        this.#done();
        this.#options.log.warn(`The audit log was not written: ${toStyxyError(error).message}`);
      },
    );
  }

  #done(): void {
    this.#waiting -= 1;
    if (this.#left > 0) {
      this.#options.log.warn(`The audit log's disk was too slow: ${this.#left} commits left out.`);
      this.#left = 0;
    }
  }
}
