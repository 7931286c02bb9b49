/** The audit log of a leadership: written after each commit, in its order, beside the answers. */
import type { AuditEntry, AuditQuery, AuditTrail } from '../core/audit';
import { auditEntries } from '../core/auditEntries';
import { toStyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import type { Clock, Log } from '../core/ports';
import type { Replayed } from '../core/recover';
import type { State } from '../core/registry';
import type { AuditAnswer } from '../core/requests';

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

  constructor(options: AuditingOptions) {
    this.#options = options;
  }

  /** What a leader that crashed had committed and not written any more. */
  catchUp(replayed: readonly Replayed[], epoch: number): void {
    this.#then(async () => {
      const last = await this.#options.trail.lastSeq();
      const missed = replayed.filter(({ seq }) => seq > last);
      const entries = missed.flatMap(({ seq, before, events }) =>
        auditEntries(before, events, { epoch, seq }),
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
    const { clock, place } = this.#options;
    const actor = { kind: 'leader', label: 'leader', id: '' } as const;
    const at = clock.now();
    this.#then(() => this.#append([{ ...place(), at, what: 'leadership', actor, after, note }]));
  }

  /** Only after a check that this is still the leader. */
  rotate(): void {
    this.#then(async () => {
      await this.#options.trail.rotateIfFull();
    });
  }

  /** What was committed until now is in the file, or was refused by the disk. */
  settled(): Promise<void> {
    return this.#writing;
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
    this.#writing = this.#writing.then(work).catch((error: unknown) => {
      this.#options.log.warn(`The audit log was not written: ${toStyxyError(error).message}`);
    });
  }
}
