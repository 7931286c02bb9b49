/** The audit log of a term: written after each commit, in its order, beside the answers. */
import type { AuditTrail } from '../../core/audit/entry';
import { auditEntries } from '../../core/audit/fromEvents';
import type { AuditEntry, AuditQuery } from '../../core/domain/audit';
import { describeIntruder } from '../../core/domain/describe';
import { toStyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import type { Allocation, Intruder, ListeningProcess } from '../../core/domain/model';
import type { Runtime } from '../../core/host/interfaces';
import type { Replayed } from '../../core/log/replay';
import type { State } from '../../core/state/state';
import type { AuditAnswer } from '../../core/messages/requests';
import { withTimeout } from '../async/promises';

/** Commits buffered while the disk hangs. Beyond it entries are dropped; their number is logged. */
const MAX_WAITING = 10_000;

/** How long a checkpoint, or leaving, waits for the audit log, by which nothing is decided. */
const SETTLE_MS = 1000;

export interface AuditWriterOptions extends Runtime {
  readonly trail: AuditTrail;
  /** Absolute path of its newest file. */
  readonly auditPath: string;
  /** The number of the last commit and of its epoch. */
  place(): { readonly epoch: number; readonly seq: number };
  /** Whether this still leads. Errors: `leadership_lost`. */
  verify(): Promise<void>;
}

export class AuditWriter {
  readonly #options: AuditWriterOptions;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #left = 0;
  #hangs = false;
  /** Whether the file may have grown since it was looked at. */
  #grown = true;

  constructor(options: AuditWriterOptions) {
    this.#options = options;
  }

  /** What a leader that crashed had committed and not written any more; of one epoch. */
  catchUp(replayed: readonly Replayed[]): void {
    const [first] = replayed;
    if (first === undefined) {
      return;
    }
    this.#then(async () => {
      const logged = await this.#options.trail.logged(first.epoch, first.seq);
      const entries = replayed.flatMap(({ epoch, seq, before, events }) =>
        auditEntries(before, events, { epoch, seq }).slice(logged.get(seq) ?? 0),
      );
      await this.#append(entries);
    });
  }

  committed(before: State, events: readonly StateEvent[]): void {
    const place = this.#options.place();
    this.#then(() => this.#append(auditEntries(before, events, place)));
  }

  /** A change of leadership: the leader itself is the actor. */
  leadership(after: Record<string, unknown>, note: string): void {
    this.#observed({ what: 'leadership', after, note });
  }

  /** Somebody else has the port of an allocation. */
  conflict(allocation: Allocation, intruder: Intruder, process?: ListeningProcess): void {
    const { port, service, serviceType, workspace } = allocation;
    const note = `port ${port} is in use by ${describeIntruder(process, intruder)}`;
    this.#observed({ what: 'conflict', port, service, serviceType, workspace, note });
  }

  /** If this is still the leader. */
  rotate(): void {
    if (!this.#grown) {
      return;
    }
    this.#then(async () => {
      await this.#options.verify();
      await this.#options.trail.rotateIfFull();
      this.#grown = false;
    });
  }

  /**
   * What was committed until now is in the file, or was refused by the disk, or the disk hangs: it
   * is waited for once, and not again before it went on.
   */
  async settled(): Promise<void> {
    const { clock } = this.#options;
    if (!this.#hangs) {
      const settled = this.#writing.then(() => true);
      this.#hangs = !(await withTimeout(clock, SETTLE_MS, settled, false));
    }
  }

  /** Errors: `storage_unavailable`. */
  async read(query: AuditQuery): Promise<AuditAnswer> {
    await this.settled();
    const { trail, auditPath } = this.#options;
    return { ...(await trail.read(query)), path: auditPath };
  }

  /** What no commit records. */
  #observed(entry: Omit<AuditEntry, 'epoch' | 'seq' | 'at' | 'actor'>): void {
    const { clock, place } = this.#options;
    const actor = { kind: 'leader', label: 'leader', id: '' } as const;
    const whole = { ...entry, epoch: place().epoch, seq: 0, at: clock.now(), actor };
    this.#then(() => this.#append([whole]));
  }

  /** One that was frozen and is not the leader any more leaves it to the next one to catch up. */
  async #append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length > 0) {
      await this.#options.verify();
      this.#grown = true;
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
    this.#writing = this.#writing
      .then(work)
      .catch((error: unknown) =>
        this.#options.log.warn(`The audit log was not written: ${toStyxyError(error).message}`),
      )
      .then(() => this.#done());
  }

  #done(): void {
    this.#waiting -= 1;
    this.#hangs = false;
    if (this.#left > 0) {
      this.#options.log.warn(`The audit log's disk was too slow: ${this.#left} commits left out.`);
      this.#left = 0;
    }
  }
}
