/**
 * One leadership in one process, from the first request to leaving: prepares it, runs what has to
 * happen each second, and ends it.
 */
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import type { Disposable } from '../../core/host/interfaces';
import type { Replayed } from '../../core/log/replay';
import { assemble, type Works } from './assembly';
import { deferred } from '../async/deferred';
import type { LeadershipParts } from './leadershipParts';
import type { Queries } from './queries';
import type { Resync } from '../recovery/resync';
import { configurationStep, indicesStep, stateStep } from '../recovery/takeoverReport';
import { compact } from '../log/compaction';

/** CHECK outside commits, the sign of life in the lock, and whether the socket is there. */
const WATCH_MS = 1000;

/** What nobody waits for: whose the lock is, and how long the audit log. */
const WATCH_REST_MS = 5000;

/** How often the folders of remembered pairs are looked at. */
const FOLDERS_MS = 5 * 60_000;

/** How often absent holders are looked after. */
const ATTENDANCE_MS = 5000;

/** What was answered gets this long to reach its window when a leader leaves. */
const FINISH_MS = 500;

export class Leadership {
  /** Resolves when this leadership is over, however it ended. */
  readonly ended: Promise<void>;
  readonly #parts: LeadershipParts;
  readonly #works: Works;
  readonly #timers: Disposable[] = [];
  readonly #looking = new Set<string>();
  readonly #over = deferred();
  #ending = false;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.ended = this.#over.promise;
    this.#works = assemble(parts, {
      onEpoch: () => this.#background('tidy', () => this.#tidy()),
      onEnd: (why) => {
        parts.tools.log.info(`Leadership of epoch ${this.epoch} ends: ${why.kind}.`);
        void this.#end(false);
      },
      handOver: () => void this.handOver(),
    });
  }

  get service(): Queries {
    return this.#works.service;
  }

  get suspicion(): Resync {
    return this.#works.suspicion;
  }

  /**
   * What has to be known before anything is decided. `replayed`: what the leader before committed
   * last. Never fails.
   */
  async prepare(replayed: readonly Replayed[]): Promise<void> {
    const { label, kind, pid } = this.#parts.order.self;
    this.#works.auditing.catchUp(replayed);
    this.#works.auditing.leadership({ epoch: this.epoch, kind, label, pid }, 'began');
    this.#works.recovery.tell(stateStep(this.#parts.takeOver, this.#works.leader.state));
    this.#works.recovery.tell(indicesStep(this.#parts.takeOver));
    await this.#works.configuring.begin();
    this.#works.recovery.tell(
      configurationStep(this.#parts.tools.config.path, this.#works.configuring.problems),
    );
  }

  /** A participant came or changed its folders. */
  came(participant: Participant): void {
    this.#background('attendance', () => this.#works.attendance.came(participant));
  }

  get epoch(): number {
    return this.#works.ledger.epoch;
  }

  /** Goes on in the background; nothing begins if it ended while it was prepared. */
  begin(): void {
    const { clock, log, graceMs } = this.#parts.tools;
    if (this.#ending) {
      return;
    }
    const attendanceMs = Math.min(ATTENDANCE_MS, graceMs);
    log.info(`Leading epoch ${this.epoch}.`);
    this.#timers.push(
      clock.every(WATCH_MS, () => this.#background('watch', () => this.#watch())),
      clock.every(WATCH_REST_MS, () => this.#look('watch the rest', () => this.#watchRest())),
      clock.every(FOLDERS_MS, () => this.#look('folders', () => this.#works.folders.look())),
      clock.every(attendanceMs, () =>
        this.#look('attendance', () => this.#works.attendance.look()),
      ),
      this.#works.configuring.watch(),
      this.#works.health,
      this.#works.recovery,
    );
    this.#works.health.start();
    this.#works.recovery.start();
    this.#look('folders', () => this.#works.folders.look());
    this.#background('tidy', () => this.#tidy());
    if (this.#works.leader.state.suspect) {
      this.#background('suspect', () => this.suspicion.end());
    }
  }

  /** Finishes the batch, writes the last checkpoint and lets another one lead. Idempotent. */
  async handOver(): Promise<void> {
    if (!this.#ending) {
      this.#parts.tools.log.info(`Handing over epoch ${this.epoch}.`);
    }
    await this.#end(true);
  }

  async #end(leaving: boolean): Promise<void> {
    if (this.#ending) {
      return this.ended;
    }
    this.#ending = true;
    const { sessions, door, claims } = this.#parts;
    for (const timer of this.#timers) {
      timer.dispose();
    }
    const lost = new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
    try {
      this.#works.leader.refuseWaiting(lost);
      if (leaving) {
        await this.#works.configuring.settled();
        this.#works.auditing.leadership({ epoch: this.epoch }, 'handed over');
        await this.#works.leader.exclusively(() => this.#works.ledger.close(true));
      } else {
        await this.#works.ledger.close(false);
      }
      this.#works.leader.refuseWaiting(lost);
      await this.#works.auditing.settled();
      await sessions.finish(FINISH_MS);
    } catch (error) {
      this.#parts.tools.log.warn(`Left in disorder: ${toStyxyError(error).message}`);
    } finally {
      await Promise.allSettled([door.close(), claims.discard()]);
      this.#over.resolve();
    }
  }

  /** A lock cannot name another socket: the next number is taken with one that does. */
  async #watch(): Promise<void> {
    if (!this.#ending && (await this.#parts.door.renew())) {
      await this.#works.ledger.takeNext('the file of the socket is gone');
    }
    await this.#works.ledger.watch();
  }

  /** Whoever lost this number may have left its own lock, where the winner's was deleted. */
  async #watchRest(): Promise<void> {
    const { tools, door } = this.#parts;
    this.#works.auditing.rotate();
    const lock = await tools.folder.readLock(this.epoch);
    if (lock.kind === 'read' && lock.value !== 'unreadable' && lock.value.socket !== door.path) {
      await this.#works.ledger.takeNext('its lock names the socket of somebody else');
    }
  }

  async #tidy(): Promise<void> {
    const { tools, claims, door } = this.#parts;
    const { processes } = tools;
    await claims.refill();
    await compact({
      ...tools,
      epoch: this.epoch,
      socket: door.path,
      isDead: ({ bootId, pid }) => bootId !== processes.bootId || !processes.isAlive(pid),
    });
  }

  /** What looks around by itself is not begun again while it hangs, on a mount that is gone say. */
  #look(what: string, work: () => Promise<void>): void {
    if (!this.#looking.has(what)) {
      this.#looking.add(what);
      this.#background(what, () => work().finally(() => this.#looking.delete(what)));
    }
  }

  #background(what: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#parts.tools.log.warn(`In the background (${what}): ${toStyxyError(error).message}`);
    });
  }
}
