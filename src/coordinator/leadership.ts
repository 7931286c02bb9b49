/**
 * One leadership in one process, from listening on a fresh socket to leaving: puts claim, ledger,
 * queue, sessions and pushes together and runs what has to happen each second.
 */
import type { Socket } from 'node:net';
import type { Ending } from '../core/election';
import { StyxyError, toStyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import type { Allocation, Participant } from '../core/model';
import type {
  Clock,
  Digest,
  Disposable,
  EpochFile,
  EpochFolder,
  Ids,
  LockRecord,
  Log,
  ProcessTable,
} from '../core/ports';
import { PROTOCOL_VERSION } from '../core/protocol';
import { apply } from '../core/registry';
import type { Rules } from '../core/rules';
import { Claims } from './claims';
import { Leader } from './leader';
import { EpochLedger } from './ledger';
import type { LookTools } from './look';
import { standFor, type Base, type Reign, type ReignTools } from './reign';
import { Service } from './service';
import { Sessions } from './sessions';

/** CHECK outside commits, and the sign of life in the lock. */
const WATCH_MS = 1000;

/** After all copies were damaged: how long windows are heard before anything is granted. */
const SUSPECT_MS = 3000;

/** How often the folders of remembered pairs are looked at. */
const FOLDERS_MS = 5 * 60_000;

/** What was answered gets this long to reach its window when a leader leaves. */
const FINISH_MS = 500;

export interface LeadershipTools {
  readonly folder: EpochFolder;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly look: LookTools;
  readonly processes: ProcessTable;
  readonly rules: Rules;
  readonly home: string;
  /** A place to listen that nobody used before. */
  socketPath(nonce: string): Promise<string>;
  listen(path: string, onConnection: (socket: Socket) => void): Promise<{ close(): Promise<void> }>;
  removeSocket(path: string): Promise<void>;
  judge(epoch: number): Promise<'alive' | 'dead'>;
}

export interface LeadershipOrder {
  /** The highest epoch that this process ever saw. */
  readonly seen: number;
  /** An epoch whose leader did not answer its pings: it is not asked again. */
  readonly accused?: number;
  readonly self: Participant;
  readonly product: string;
}

export type LeadershipStart =
  | { readonly kind: 'leading'; readonly leadership: Leadership }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/** Errors: `storage_unavailable`, `permission_denied`; the caller backs off. */
export async function lead(
  tools: LeadershipTools,
  order: LeadershipOrder,
): Promise<LeadershipStart> {
  const { ids, folder, log } = tools;
  const opening = deferred();
  const secret = ids.nonce(32);
  const socket = await tools.socketPath(ids.nonce(12));
  let leadership: Leadership | undefined;
  const sessions = new Sessions({
    clock: tools.clock,
    ids,
    log,
    secret,
    version: order.self.version,
    ready: opening.promise,
    epoch: () => existing(leadership).epoch,
    snapshot: () => existing(leadership).service.snapshot(),
    answer: (method, params, caller) => existing(leadership).service.answer(method, params, caller),
    onParticipants: () => leadership?.service.participantsChanged(),
    onAnnounced: (participant, holds) => leadership?.announced(participant, holds),
  });
  const server = await tools.listen(socket, (connection) => sessions.accept(connection));
  const record: Omit<LockRecord, 'nonce'> = {
    v: 1,
    protocol: PROTOCOL_VERSION,
    pid: order.self.pid,
    startedAt: order.self.startedAt ?? 0,
    bootId: tools.processes.bootId,
    product: order.product,
    version: order.self.version,
    socket,
    secret,
  };
  const claims = new Claims({ folder, ids, log, record });
  const reignTools: ReignTools = {
    folder,
    digest: tools.digest,
    log,
    judge: async (epoch) => (epoch === order.accused ? 'dead' : tools.judge(epoch)),
    nextClaim: () => claims.next(),
    onRepair: (file, keptAt) => log.warn(`A damaged ${describe(file)} was kept at ${keptAt}.`),
  };
  const abandon = async (): Promise<void> => {
    opening.reject(new StyxyError('leadership_lost', 'Another window was faster. Ask again.'));
    await Promise.allSettled([claims.discard(), server.close()]);
  };
  try {
    await claims.refill();
    const candidacy = await standFor(reignTools, order.seen);
    if (candidacy.kind === 'ended') {
      await abandon();
      return candidacy;
    }
    const { reign, base } = candidacy;
    leadership = new Leadership({
      tools,
      order,
      reignTools,
      reign,
      base,
      sessions,
      server,
      claims,
    });
  } catch (error) {
    await abandon();
    throw error;
  }
  opening.resolve();
  leadership.begin();
  return { kind: 'leading', leadership };
}

interface LeadershipParts {
  readonly tools: LeadershipTools;
  readonly order: LeadershipOrder;
  readonly reignTools: ReignTools;
  readonly reign: Reign;
  readonly base: Base;
  readonly sessions: Sessions;
  readonly server: { close(): Promise<void> };
  readonly claims: Claims;
}

export class Leadership {
  readonly service: Service;
  /** Resolves when this leadership is over, however it ended. */
  readonly ended: Promise<void>;
  readonly #parts: LeadershipParts;
  readonly #ledger: EpochLedger;
  readonly #leader: Leader;
  readonly #timers: Disposable[] = [];
  readonly #over = deferred();
  /** In suspect mode: what windows say they hold, by allocation id. */
  readonly #announced = new Map<string, Allocation>();
  #goneFolders: ReadonlySet<string> = new Set();
  #ending = false;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.ended = this.#over.promise;
    const { tools, order, reign, base, reignTools, sessions, claims } = parts;
    const { clock, ids, log, look, rules } = tools;
    this.#ledger = new EpochLedger(
      {
        tools: reignTools,
        clock,
        log,
        exclusively: (work) => this.#leader.exclusively(work),
        onEpoch: () => {
          sessions.push('snapshot', this.service.snapshot());
          void claims.refill();
        },
        onEnd: (why) => {
          log.info(`Leadership of epoch ${this.#ledger.epoch} ends: ${why.kind}.`);
          void this.#end(false);
        },
        forget: (record) => tools.removeSocket(record.socket),
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
        rules,
        ledger: this.#ledger,
        participants: () => sessions.participants(),
        goneFolders: () => this.#goneFolders,
        onCommitted: (events) => this.service.committed(events),
      },
      base.state,
    );
    const [workspace] = order.self.folders;
    this.service = new Service({
      clock,
      log,
      look,
      rules,
      leader: this.#leader,
      ledger: this.#ledger,
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
  }

  get epoch(): number {
    return this.#ledger.epoch;
  }

  begin(): void {
    const { clock, log } = this.#parts.tools;
    log.info(`Leading epoch ${this.epoch}.`);
    this.#timers.push(
      clock.every(WATCH_MS, () => this.#background('watch', () => this.#ledger.watch())),
      clock.every(FOLDERS_MS, () => this.#background('folders', () => this.#lookForFolders())),
      this.service.observer,
    );
    this.service.observer.start();
    this.#background('folders', () => this.#lookForFolders());
    this.#background('tidy', () => this.#tidy());
    if (this.#leader.state.suspect) {
      this.#background('suspect', () => this.#regainTrust());
    }
  }

  /** What a window last knew to be held; heard only while nothing else can be believed. */
  announced(participant: Participant, holds: readonly Allocation[]): void {
    if (!this.#leader.state.suspect) {
      return;
    }
    for (const allocation of holds) {
      if (participant.folders.includes(allocation.workspace)) {
        this.#announced.set(allocation.id, allocation);
      }
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
    const { sessions, server, claims } = this.#parts;
    for (const timer of this.#timers) {
      timer.dispose();
    }
    const lost = new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
    try {
      this.#leader.refuseWaiting(lost);
      if (leaving) {
        await this.#leader.exclusively(() => this.#ledger.close(true));
      } else {
        await this.#ledger.close(false);
      }
      this.#leader.refuseWaiting(lost);
      await sessions.finish(FINISH_MS);
    } catch (error) {
      this.#parts.tools.log.warn(`Left in disorder: ${toStyxyError(error).message}`);
    } finally {
      await Promise.allSettled([server.close(), claims.discard()]);
      this.#over.resolve();
    }
  }

  async #regainTrust(): Promise<void> {
    const { clock, log, ids } = this.#parts.tools;
    log.error('Answers may be lost: hearing what the windows hold before anything is granted.');
    this.#leader.pause(true);
    await clock.sleep(SUSPECT_MS);
    const stamp = { at: clock.now(), actor: ids.uuid(), by: 'recovery' };
    const events: StateEvent[] = [];
    let draft = this.#leader.state;
    for (const allocation of this.#announced.values()) {
      const event: StateEvent = { kind: 'granted', stamp, allocation };
      try {
        draft = apply(draft, event);
        events.push(event);
      } catch (error) {
        log.warn(`Announced, but it does not fit: ${toStyxyError(error).message}`);
      }
    }
    await this.#leader.record([...events, { kind: 'trusted', stamp }]);
    this.#announced.clear();
    log.info(`${events.length} announced allocations were added again.`);
    this.#leader.pause(false);
  }

  async #lookForFolders(): Promise<void> {
    const { workspaces } = this.#parts.tools.look;
    const gone = new Set<string>();
    const folders = new Set([...this.#leader.state.memory.values()].map((pair) => pair.workspace));
    for (const folder of folders) {
      if (!(await workspaces.exists(folder))) {
        gone.add(folder);
      }
    }
    this.#goneFolders = gone;
  }

  async #tidy(): Promise<void> {
    const { processes } = this.#parts.tools;
    await this.#parts.claims.refill();
    await this.#ledger.tidy(async (record) => {
      const sameBoot = record.bootId === processes.bootId;
      return !sameBoot || !processes.isAlive(record.pid);
    });
  }

  #background(what: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#parts.tools.log.warn(`In the background (${what}): ${toStyxyError(error).message}`);
    });
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: StyxyError): void;
}

function deferred(): Deferred {
  let settle: Pick<Deferred, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Nobody may be waiting yet when it fails.
  promise.catch(() => undefined);
  return {
    promise,
    resolve: () => settle?.resolve(),
    reject: (error) => settle?.reject(error),
  };
}

function existing(leadership: Leadership | undefined): Leadership {
  if (leadership === undefined) {
    throw new StyxyError('leadership_lost', 'This leadership has not begun. Ask again.');
  }
  return leadership;
}

function describe(file: EpochFile): string {
  return file.kind === 'lock' ? `lock ${file.epoch}` : `${file.kind} ${file.epoch} (${file.copy})`;
}
