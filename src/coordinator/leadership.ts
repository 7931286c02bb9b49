/**
 * One leadership in one process, from the first request to leaving: puts ledger, queue, sessions
 * and pushes together and runs what has to happen each second.
 */
import { StyxyError, toStyxyError } from '../core/errors';
import type { Participant } from '../core/model';
import type { Disposable } from '../core/ports';
import type { Replayed } from '../core/recover';
import { QUARANTINE_MS } from '../core/rules';
import { Attendance } from './attendance';
import { Auditing } from './auditing';
import { Configuring } from './configuring';
import { deferred } from './deferred';
import { examine } from './examination';
import { Folders } from './folders';
import { InForce } from './inForce';
import type { HealthMonitor } from './healthMonitor';
import { Leader } from './leader';
import type { LeadershipParts } from './leadershipParts';
import { EpochLedger } from './ledger';
import { Service } from './service';
import { Suspicion } from './suspicion';
import { SystemRecovery } from './systemRecovery';
import { configurationStep, indicesStep, stateStep, unsound } from './takeOver';
import { tidy } from './tidying';
import { watching } from './watching';

/** CHECK outside commits, and the sign of life in the lock. */
const WATCH_MS = 1000;

/** How often the folders of remembered pairs are looked at. */
const FOLDERS_MS = 5 * 60_000;

/** How often absent holders are looked after. */
const ATTENDANCE_MS = 5000;

/** What was answered gets this long to reach its window when a leader leaves. */
const FINISH_MS = 500;

export class Leadership {
  readonly service: Service;
  readonly suspicion: Suspicion;
  /** Resolves when this leadership is over, however it ended. */
  readonly ended: Promise<void>;
  readonly #parts: LeadershipParts;
  readonly #ledger: EpochLedger;
  readonly #leader: Leader;
  readonly #auditing: Auditing;
  readonly #configuring: Configuring;
  readonly #attendance: Attendance;
  readonly #health: HealthMonitor;
  readonly #recovery: SystemRecovery;
  readonly #timers: Disposable[] = [];
  readonly #looking = new Set<string>();
  readonly #over = deferred();
  readonly #folders: Folders;
  #ending = false;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.ended = this.#over.promise;
    const { tools, order, reign, base, reignTools, sessions, takeOver } = parts;
    const { clock, ids, log, look } = tools;
    this.#auditing = new Auditing({
      ...tools,
      place: () => ({ epoch: this.epoch, seq: this.#ledger.seq }),
      verify: () => this.#ledger.verify(),
    });
    const inForce = new InForce({ log, ephemeral: tools.ephemeral, path: tools.config.path });
    this.#configuring = new Configuring({
      store: tools.config,
      clock,
      log,
      leader: () => this.#leader,
      verify: () => this.#ledger.verify(),
      onChange: () => this.service.configurationChanged(),
    });
    this.#ledger = new EpochLedger(
      {
        tools: reignTools,
        clock,
        log,
        rotateBytes: tools.rotateBytes,
        exclusively: (work) => this.#leader.exclusively(work),
        onEpoch: () => {
          sessions.push('snapshot', this.service.snapshot());
          this.#background('tidy', () => this.#tidy());
        },
        onEnd: (why) => {
          log.info(`Leadership of epoch ${this.#ledger.epoch} ends: ${why.kind}.`);
          void this.#end(false);
        },
        audited: () => this.#auditing.settled(),
      },
      reign,
      base,
    );
    this.#leader = new Leader(
      {
        clock,
        ids,
        log,
        look,
        rules: (state) => inForce.rules(state),
        ledger: this.#ledger,
        ...(takeOver.sound ? {} : { refusal: unsound(takeOver) }),
        participants: () => sessions.participants(),
        present: () => this.#attendance.present(),
        conflicts: () => this.#health.conflicts(),
        goneFolders: () => this.#folders.gone,
        onCommitted: (events, before) => {
          this.#auditing.committed(before, events);
          if (events.some(({ kind }) => kind === 'type-added' || kind === 'type-removed')) {
            this.#configuring.project();
          }
          if (events.some(({ kind }) => kind === 'trusted')) {
            sessions.push('snapshot', this.service.snapshot());
          } else {
            this.service.committed(events);
          }
        },
      },
      base.state,
    );
    this.#folders = new Folders({ clock, leader: this.#leader, ...look });
    this.suspicion = new Suspicion({ clock, ids, log, leader: this.#leader });
    this.#health = watching({
      clock,
      log,
      look,
      leader: this.#leader,
      state: () => this.#leader.state,
      rules: () => inForce.rules(this.#leader.state),
      participants: () => sessions.participants(),
      onChange: (ids) => this.service.observed(ids),
      onConflict: (allocation, { intruder, process }) =>
        this.#auditing.conflict(allocation, intruder, process),
    });
    this.#recovery = new SystemRecovery({
      clock,
      log,
      leader: this.#leader,
      listeners: look.listeners,
      rules: () => inForce.rules(this.#leader.state),
      epoch: () => this.epoch,
      attend: () => this.#attendance.look(),
      deleted: (folders) => this.#folders.deleted(folders),
    });
    const [workspace] = order.self.folders;
    this.service = new Service({
      clock,
      log,
      look,
      health: this.#health,
      state: () => this.#leader.state,
      rules: () => inForce.rules(this.#leader.state),
      configuration: () => inForce.view(this.#leader.state, this.#configuring.problems),
      audit: (query) => this.#auditing.read(query),
      setAutoAllocation: (enabled, caller) => this.#configuring.setAutoAllocation(enabled, caller),
      doctor: () =>
        examine({
          clock,
          status: () => this.service.status(),
          machine: () => tools.machine.look(parts.door.path),
          audit: (query) => this.#auditing.read(query),
          configuration: () => inForce.view(this.#leader.state, this.#configuring.problems),
          views: async () => (await this.service.list()).allocations,
          rules: () => inForce.rules(this.#leader.state),
          counters: () => this.#health.counters,
          recovery: () => this.#recovery.report,
        }),
      standing: () => this.#ledger,
      verify: () => this.#ledger.verify(),
      request: (method, params, caller) => this.#leader.request(method, params, caller),
      home: tools.home,
      self: {
        pid: order.self.pid,
        participant: order.self.id,
        kind: order.self.kind,
        label: order.self.label,
        ...(workspace === undefined ? {} : { workspace }),
        since: clock.now(),
      },
      participants: () => sessions.participants(),
      push: (delta) => sessions.push('delta', delta),
      handOver: () => void this.handOver(),
    });
    this.#attendance = new Attendance({
      clock,
      log,
      leader: this.#leader,
      processes: tools.processes,
      graceMs: tools.graceMs,
      quarantineMs: QUARANTINE_MS,
      participants: () => sessions.participants(),
      observe: () => this.#health.look(),
      isListening: (allocation) => this.#health.isListening(allocation),
      ownServer: (allocation) => this.#health.ownServer(allocation),
      deleted: (folders) => this.#folders.deleted(folders),
    });
  }

  /**
   * What has to be known before anything is decided. `replayed`: what the leader before committed
   * last. Never fails.
   */
  async prepare(replayed: readonly Replayed[]): Promise<void> {
    const { label, kind, pid } = this.#parts.order.self;
    this.#auditing.catchUp(replayed);
    this.#auditing.leadership({ epoch: this.epoch, kind, label, pid }, 'began');
    this.#recovery.tell(stateStep(this.#parts.takeOver, this.#leader.state));
    this.#recovery.tell(indicesStep(this.#parts.takeOver));
    await this.#configuring.begin();
    this.#recovery.tell(
      configurationStep(this.#parts.tools.config.path, this.#configuring.problems),
    );
  }

  /** A participant came or changed its folders. */
  came(participant: Participant): void {
    this.#background('attendance', () => this.#attendance.came(participant));
  }

  get epoch(): number {
    return this.#ledger.epoch;
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
      clock.every(FOLDERS_MS, () => this.#look('folders', () => this.#folders.look())),
      clock.every(attendanceMs, () => this.#look('attendance', () => this.#attendance.look())),
      this.#configuring.watch(),
      this.#health,
      this.#recovery,
    );
    this.#health.start();
    this.#recovery.start();
    this.#look('folders', () => this.#folders.look());
    this.#background('tidy', () => this.#tidy());
    if (this.#leader.state.suspect) {
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
      this.#leader.refuseWaiting(lost);
      if (leaving) {
        await this.#configuring.settled();
        this.#auditing.leadership({ epoch: this.epoch }, 'handed over');
        await this.#leader.exclusively(() => this.#ledger.close(true));
      } else {
        await this.#ledger.close(false);
      }
      this.#leader.refuseWaiting(lost);
      await this.#auditing.settled();
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
      await this.#ledger.takeNext('the file of the socket is gone');
    }
    await this.#ledger.watch();
    if (!this.#ending) {
      this.#auditing.rotate();
    }
  }

  async #tidy(): Promise<void> {
    const { tools, claims, door } = this.#parts;
    const { processes } = tools;
    await claims.refill();
    await tidy({
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
