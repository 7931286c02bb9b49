/**
 * One term of a leader in one process, from the candidacy to the end: a fresh socket first, then
 * the claim, then service. Here its parts are put together; what has to happen each second runs
 * here, and it ends here.
 */
import type { AuditTrail } from '../../core/audit/entry';
import type { PortRange } from '../../core/domain/catalogue';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { Allocation, Participant } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type { Ending } from '../../core/election/types';
import type {
  ConfigStore,
  Disposable,
  EpochFile,
  LockRecord,
  MachineReader,
  ProcessTable,
} from '../../core/host/interfaces';
import { COOLDOWN_MS, type Rules } from '../../core/allocation/rules';
import { withSoundIndices } from '../../core/allocation/startupRepair';
import {
  isRead,
  isWrite,
  PROTOCOL_VERSION,
  type Methods,
  type PushedSnapshot,
  type RequestName,
} from '../../core/messages/methods';
import type { Replayed } from '../../core/log/replay';
import type { State } from '../../core/state/state';
import { deferred } from '../async/promises';
import { ActiveConfiguration } from '../configuration/activeConfiguration';
import { ConfigSync } from '../configuration/configSync';
import { runForLeader, type CandidacyOptions, type EpochLog } from '../election/candidate';
import { ClaimPool } from '../election/claimPool';
import { FIRST_CHECK_MS, HealthMonitor } from '../health/healthMonitor';
import { recordIn, type Base, type LogTools } from '../log/commit';
import { compact } from '../log/compaction';
import type { PortLookupTools } from '../lookup/portLookup';
import { FolderTracker } from '../membership/folderTracker';
import { HolderTracker } from '../membership/holderTracker';
import { Resync } from '../recovery/resync';
import { StartupRepair } from '../recovery/startupRepair';
import {
  configurationStep,
  indicesStep,
  stateStep,
  unsound,
  type Repair,
  type TakeoverReport,
} from '../recovery/takeoverReport';
import { Endpoint, type EndpointOptions } from '../session/endpoint';
import { Sessions, type SessionHost } from '../session/sessions';
import { AuditWriter } from './auditWriter';
import { CommitQueue } from './commitQueue';
import { DurableLog } from './durableLog';
import { Publisher } from './publisher';
import { Queries, snapshotOf, type LeaderView } from './queries';

/** CHECK outside commits, the sign of life in the lock, and whether the socket is there. */
const WATCH_MS = 1000;

/** Slow checks: is the lock still ours, is the audit log full. */
const WATCH_REST_MS = 5000;

/** How often the folders of remembered pairs are looked at. */
const FOLDERS_MS = 5 * 60_000;

/** How often absent holders are looked after. */
const HOLDERS_MS = 5000;

/** What was answered gets this long to reach its window when a leader leaves. */
const FINISH_MS = 500;

export interface TermTools
  extends Omit<EndpointOptions, 'onConnection'>, Omit<LogTools, 'nextClaim' | 'onRepair'> {
  readonly look: PortLookupTools;
  readonly processes: ProcessTable;
  readonly config: ConfigStore;
  readonly trail: AuditTrail;
  /** Absolute path of its newest file. */
  readonly auditPath: string;
  /** Ports that the OS gives to outgoing connections, where it says. */
  readonly ephemeral: PortRange | undefined;
  /** What the doctor wants to know. */
  readonly machine: MachineReader;
  /** How long a holder may be away. */
  readonly graceMs: number;
  readonly home: string;
  /** See `DurableLog`. */
  readonly rotateBytes: number;
  removeSocket(path: string): Promise<void>;
}

export type TermStart =
  | { readonly kind: 'leading'; readonly term: Term }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/** What a candidacy that won hands to its term. */
interface Won {
  readonly tools: TermTools;
  readonly candidacy: CandidacyOptions;
  readonly logTools: LogTools;
  readonly epochLog: EpochLog;
  readonly base: Base;
  readonly sessions: Sessions;
  readonly endpoint: Endpoint;
  readonly claims: ClaimPool;
  readonly takeover: TakeoverReport;
}

export class Term implements SessionHost {
  /** Resolves when this term is over, however it ended. */
  readonly ended: Promise<void>;
  readonly #won: Won;
  readonly #view: LeaderView;
  readonly #configuration: ActiveConfiguration;
  readonly #auditWriter: AuditWriter;
  readonly #configSync: ConfigSync;
  readonly #durableLog: DurableLog;
  readonly #queue: CommitQueue;
  readonly #folders: FolderTracker;
  readonly #resync: Resync;
  readonly #health: HealthMonitor;
  readonly #startupRepair: StartupRepair;
  readonly #queries: Queries;
  readonly #publisher: Publisher;
  readonly #holders: HolderTracker;
  readonly #timers: Disposable[] = [];
  readonly #pending = new Set<string>();
  readonly #over = deferred();
  #ending = false;

  /**
   * Runs for leader, and serves if it won. Errors: `storage_unavailable`, `permission_denied`; the
   * caller backs off.
   */
  static async begin(tools: TermTools, candidacy: CandidacyOptions): Promise<TermStart> {
    const { ids, folder, log } = tools;
    const { self, product, accused, seen, served } = candidacy;
    const host = deferred<Term>();
    const secret = ids.nonce(32);
    const { version } = self;
    const sessions = new Sessions({ ...tools, secret, version, host: host.promise });
    const endpoint = await Endpoint.open({
      ...tools,
      onConnection: (socket) => sessions.accept(socket),
    });
    const record: Omit<LockRecord, 'nonce' | 'socket'> = {
      v: 1,
      protocol: PROTOCOL_VERSION,
      pid: self.pid,
      startedAt: self.startedAt ?? 0,
      bootId: tools.processes.bootId,
      product,
      version,
      secret,
    };
    const repairs: Repair[] = [];
    const claims = new ClaimPool({ folder, ids, log, record, socket: () => endpoint.path });
    const logTools: LogTools = {
      ...tools,
      probeLeader: async (epoch) => (epoch === accused ? 'dead' : tools.probeLeader(epoch)),
      nextClaim: () => claims.next(),
      onRepair: (file, keptAt) => {
        repairs.push({ file, keptAt });
        log.warn(`A damaged ${describe(file)} was kept at ${keptAt}.`);
      },
    };
    const abandon = async (): Promise<void> => {
      host.reject(new StyxyError('leadership_lost', 'Another window was faster. Ask again.'));
      await Promise.allSettled([claims.discard(), endpoint.close()]);
    };
    let term: Term;
    let replayed: readonly Replayed[];
    try {
      await claims.refill();
      const outcome = await runForLeader(logTools, seen, served);
      if (outcome.kind === 'ended') {
        await abandon();
        return outcome;
      }
      const { epochLog, base } = outcome;
      const { seq, from } = base;
      replayed = base.replayed ?? [];
      const { state, problems, sound } = withSoundIndices(base.state);
      term = new Term({
        ...{ tools, candidacy, logTools, epochLog, sessions, endpoint, claims },
        base: { state, seq },
        takeover: given({
          ...{ from, seq, problems, sound },
          replayed: replayed.length,
          repairs: [...repairs],
        }),
      });
    } catch (error) {
      await abandon();
      throw error;
    }
    await term.#prepare(replayed);
    host.resolve(term);
    term.#serve();
    return { kind: 'leading', term };
  }

  private constructor(won: Won) {
    const { tools, candidacy, epochLog, base, logTools, sessions, endpoint, takeover } = won;
    const { clock, ids, log, look, processes, graceMs } = tools;
    this.#won = won;
    this.ended = this.#over.promise;
    const state = (): State => this.#queue.state;
    const rules = (): Rules => this.#configuration.rules(state());
    const participants = (): readonly Participant[] => sessions.participants();
    const deleted = (paths: ReadonlySet<string>): Promise<ReadonlySet<string>> =>
      this.#folders.deleted(paths);
    this.#configuration = new ActiveConfiguration({ ...tools, path: tools.config.path });
    this.#auditWriter = new AuditWriter({
      ...tools,
      place: () => ({ epoch: this.epoch, seq: this.#durableLog.seq }),
      verify: () => this.#durableLog.verify(),
    });
    this.#configSync = new ConfigSync({
      ...tools,
      store: tools.config,
      active: this.#configuration,
      leader: () => this.#queue,
      verify: () => this.#durableLog.verify(),
      onChange: () => this.#publisher.configurationChanged(),
    });
    this.#durableLog = new DurableLog(
      {
        ...logTools,
        rotateBytes: tools.rotateBytes,
        exclusively: (work) => this.#queue.exclusively(work),
        onEpoch: () => {
          this.#publisher.snapshot();
          this.#background('tidy', () => this.#tidy());
        },
        onEnd: (why) => {
          log.info(`Leadership of epoch ${this.epoch} ends: ${why.kind}.`);
          void this.#end(false);
        },
        audited: () => this.#auditWriter.settled(),
      },
      epochLog,
      base,
    );
    this.#queue = new CommitQueue(
      {
        ...{ clock, ids, log, look, participants },
        durableLog: this.#durableLog,
        rules: (decided) => this.#configuration.rules(decided),
        ...(takeover.sound ? {} : { refusal: unsound(takeover) }),
        present: () => this.#holders.present(),
        observed: (allocation) => this.#health.observationOf(allocation),
        goneFolders: () => this.#folders.gone,
        onCommitted: (events, before) => {
          this.#auditWriter.committed(before, events);
          if (events.some(({ kind }) => kind === 'type-added' || kind === 'type-removed')) {
            this.#configSync.project();
          }
          this.#publisher.committed(events);
        },
      },
      base.state,
    );
    const leader = this.#queue;
    this.#folders = new FolderTracker({ clock, log, leader, ...look });
    this.#resync = new Resync({ clock, ids, log, leader });
    const firstCheckMs = Math.min(FIRST_CHECK_MS, graceMs);
    this.#health = new HealthMonitor({
      ...{ clock, log, look, firstCheckMs, leader, state, rules, participants },
      onChange: (changed) => this.#publisher.observed(changed),
      onConflict: (allocation, { intruder, process }) =>
        this.#auditWriter.conflict(allocation, intruder, process),
    });
    this.#startupRepair = new StartupRepair({
      ...{ clock, log, leader, rules, deleted },
      listeners: look.listeners,
      graceMs: firstCheckMs,
      epoch: () => this.epoch,
      attend: () => this.#holders.look(),
    });
    const { pid, id, kind, label, folders } = candidacy.self;
    const [workspace] = folders;
    const since = clock.now();
    this.#view = {
      ...{ state, participants },
      health: this.#health,
      self: given({ pid, participant: id, kind, label, since, workspace }),
      configuration: () => this.#configuration.view(state(), this.#configSync.problems),
      progress: () => this.#durableLog,
    };
    this.#publisher = new Publisher(this.#view, sessions);
    this.#queries = new Queries({
      ...this.#view,
      ...{ clock, log, look, rules },
      health: this.#health,
      home: tools.home,
      audit: (query) => this.#auditWriter.read(query),
      machine: () => tools.machine.look(endpoint.path),
      recovery: () => this.#startupRepair.report,
      verify: () => this.#durableLog.verify(),
    });
    this.#holders = new HolderTracker({
      ...{ clock, log, leader, processes, graceMs, participants, deleted },
      cooldownMs: COOLDOWN_MS,
      observe: () => this.#health.look(),
      isListening: (allocation) => this.#health.isListening(allocation),
      ownServer: (allocation) => this.#health.ownServer(allocation),
    });
  }

  get epoch(): number {
    return this.#durableLog.epoch;
  }

  snapshot(): PushedSnapshot {
    return snapshotOf(this.#view);
  }

  async answer<M extends RequestName>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']> {
    // The checks below narrow the name, and not the parameters with it.
    const given = params as never;
    const answer = isWrite(method)
      ? this.#queue.request(method, given, caller)
      : isRead(method)
        ? this.#queries.answer(method, given)
        : method === 'setAutoAllocation'
          ? this.#setAutoAllocation(given, caller)
          : this.#leave();
    return (await answer) as Methods[M]['result'];
  }

  participantsChanged(): void {
    this.#publisher.participantsChanged();
  }

  came(participant: Participant): void {
    this.#background('holders', () => this.#holders.came(participant));
  }

  announced(participant: Participant, holds: readonly Allocation[]): void {
    this.#resync.reported(participant, holds);
  }

  /** Finishes the batch, writes the last checkpoint and lets another one lead. Idempotent. */
  async handOver(): Promise<void> {
    if (!this.#ending) {
      this.#won.tools.log.info(`Handing over epoch ${this.epoch}.`);
    }
    await this.#end(true);
  }

  async #setAutoAllocation(
    { enabled }: Methods['setAutoAllocation']['params'],
    caller: Participant,
  ): Promise<PushedSnapshot> {
    await this.#configSync.setAutoAllocation(enabled, caller);
    return this.snapshot();
  }

  async #leave(): Promise<object> {
    await this.#durableLog.verify();
    void this.handOver();
    return {};
  }

  /**
   * What has to be known before anything is decided. `replayed`: what the leader before committed
   * last. Never fails.
   */
  async #prepare(replayed: readonly Replayed[]): Promise<void> {
    const { candidacy, takeover, tools } = this.#won;
    const { label, kind, pid } = candidacy.self;
    this.#auditWriter.catchUp(replayed);
    this.#auditWriter.leadership({ epoch: this.epoch, kind, label, pid }, 'began');
    this.#startupRepair.tell(stateStep(takeover, this.#queue.state));
    this.#startupRepair.tell(indicesStep(takeover));
    await this.#configSync.begin();
    this.#startupRepair.tell(configurationStep(tools.config.path, this.#configSync.problems));
  }

  /** Goes on in the background; nothing begins if it ended while it was prepared. */
  #serve(): void {
    const { clock, log, graceMs } = this.#won.tools;
    if (this.#ending) {
      return;
    }
    log.info(`Leading epoch ${this.epoch}.`);
    this.#timers.push(
      clock.every(WATCH_MS, () => this.#background('watch', () => this.#watch())),
      clock.every(WATCH_REST_MS, () =>
        this.#unlessPending('watch the rest', () => this.#watchRest()),
      ),
      clock.every(FOLDERS_MS, () => this.#unlessPending('folders', () => this.#folders.look())),
      clock.every(Math.min(HOLDERS_MS, graceMs), () =>
        this.#unlessPending('holders', () => this.#holders.look()),
      ),
      this.#configSync.watch(),
      this.#health,
      this.#startupRepair,
    );
    this.#health.start();
    this.#startupRepair.start();
    this.#unlessPending('folders', () => this.#folders.look());
    this.#background('tidy', () => this.#tidy());
    if (this.#queue.state.needsResync) {
      this.#background('resync', () => this.#resync.end());
    }
  }

  async #end(leaving: boolean): Promise<void> {
    if (this.#ending) {
      return this.ended;
    }
    this.#ending = true;
    const { sessions, endpoint, claims, tools } = this.#won;
    for (const timer of this.#timers) {
      timer.dispose();
    }
    const lost = new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
    try {
      this.#queue.refuseWaiting(lost);
      if (leaving) {
        await this.#configSync.settled();
        this.#auditWriter.leadership({ epoch: this.epoch }, 'handed over');
        await this.#queue.exclusively(() => this.#durableLog.close(true));
      } else {
        await this.#durableLog.close(false);
      }
      this.#queue.refuseWaiting(lost);
      await this.#auditWriter.settled();
      await sessions.finish(FINISH_MS);
    } catch (error) {
      tools.log.warn(`Left in disorder: ${toStyxyError(error).message}`);
    } finally {
      await Promise.allSettled([endpoint.close(), claims.discard()]);
      this.#over.resolve();
    }
  }

  /** A lock cannot name another socket: the next number is taken with one that does. */
  async #watch(): Promise<void> {
    if (!this.#ending && (await this.#won.endpoint.renew())) {
      await this.#durableLog.takeNext('the file of the socket is gone');
    }
    await this.#durableLog.watch();
  }

  /** A process that lost this number may have left its lock where the winner's was deleted. */
  async #watchRest(): Promise<void> {
    const { tools, endpoint } = this.#won;
    this.#auditWriter.rotate();
    const lock = recordIn(await tools.folder.readLock(this.epoch));
    if (lock !== undefined && lock.socket !== endpoint.path) {
      await this.#durableLog.takeNext('its lock names the socket of somebody else');
    }
  }

  async #tidy(): Promise<void> {
    const { tools, claims, endpoint } = this.#won;
    const { processes } = tools;
    await claims.refill();
    await compact({
      ...tools,
      epoch: this.epoch,
      socket: endpoint.path,
      isDead: ({ bootId, pid }) => bootId !== processes.bootId || !processes.isAlive(pid),
    });
  }

  /** Skips a periodic task while its last run is pending, on a dead network mount for example. */
  #unlessPending(what: string, work: () => Promise<void>): void {
    if (!this.#pending.has(what)) {
      this.#pending.add(what);
      this.#background(what, () => work().finally(() => this.#pending.delete(what)));
    }
  }

  #background(what: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#won.tools.log.warn(`In the background (${what}): ${toStyxyError(error).message}`);
    });
  }
}

function describe(file: EpochFile): string {
  return file.kind === 'lock' ? `lock ${file.epoch}` : `${file.kind} ${file.epoch} (${file.copy})`;
}
