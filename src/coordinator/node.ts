/**
 * One participant: finds the leader or becomes it, follows it, and carries requests to whoever
 * leads. There is one path: a window that leads talks to its own leader over the socket too.
 */
import type { Ask, AskOptions, Coordinator, Role } from '../core/client';
import { hasLock } from '../core/election';
import { StyxyError, toStyxyError } from '../core/errors';
import type { Allocation, Participant } from '../core/model';
import type { Clock, Disposable, Ids, Log } from '../core/ports';
import type { MethodName, Methods } from '../core/protocol';
import type { Snapshot } from '../core/requests';
import { Backoff } from './backoff';
import { Follower } from './follower';
import { knock, type KnockTools } from './knock';
import type { HostedStart, LeaderHost } from './leaderHost';
import { timedOut } from './rpc';

/** Time that a request may take, leader changes included. */
const DEADLINE_MS = 10_000;

/** Followers that notice the same death do not all start at the same instant. */
const JITTER_MS = 10;

/** Before a worker is started for a candidacy: so much per rank in the leader's window list. */
const RANK_MS = 100;
const RANK_MAX_MS = 1000;

/** After an own leadership ended, others go first. */
const COURTESY_MS = 500;

/** A leadership that was taken away within this time: two of us may be deposing each other. */
const SHORT_REIGN_MS = 10_000;

/** Time for leaving in order; after it the crash path does the rest. */
const CLOSE_MS = 1800;

export interface NodeTools {
  readonly knock: KnockTools;
  readonly host: LeaderHost;
  /** Starting a leadership is dear here (a worker): let others with a lower rank go first. */
  readonly ranked: boolean;
}

export interface NodeOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly participant: Participant;
  readonly product: string;
  /** Opens the machine: folders, files, sockets. Errors: `permission_denied`, `storage_...`. */
  open(participant: Participant): Promise<{ tools: NodeTools; participant: Participant }>;
}

export class Node implements Coordinator {
  readonly participant: string;
  readonly #options: NodeOptions;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff();
  readonly #depositions = new Backoff();
  readonly #running: Promise<void>;
  #self: Participant;
  #role: Role = { kind: 'connecting' };
  #follower: Follower | undefined;
  #leading: Extract<HostedStart, { kind: 'leading' }> | undefined;
  #snapshot: Snapshot | undefined;
  /** Why no leader can be reached from here; waiting would not help. */
  #problem: StyxyError | undefined;
  #seen = 0;
  #accused: number | undefined;
  /** Until then another participant may take the leadership that this one gave up. */
  #yieldsUntil = 0;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#self = options.participant;
    this.participant = options.participant.id;
    this.#running = this.#run();
  }

  get role(): Role {
    return this.#role;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  allocate(request: Ask<Methods['allocate']['params']>, options?: AskOptions) {
    return this.#ask('allocate', { ...request, requestId: this.#options.ids.uuid() }, options);
  }

  release(request: Ask<Methods['release']['params']>, options?: AskOptions) {
    return this.#ask('release', { ...request, requestId: this.#options.ids.uuid() }, options);
  }

  move(request: Ask<Methods['move']['params']>, options?: AskOptions) {
    return this.#ask('move', { ...request, requestId: this.#options.ids.uuid() }, options);
  }

  inspect(request: Methods['inspect']['params'], options?: AskOptions) {
    return this.#ask('inspect', request, options);
  }

  status(options?: AskOptions) {
    return this.#ask('status', {}, options);
  }

  list(options?: AskOptions) {
    return this.#ask('list', {}, options);
  }

  setFolders(folders: readonly string[]): void {
    this.#self = { ...this.#self, folders };
    this.#follower?.call('folders', { folders }, { deadlineMs: DEADLINE_MS }).catch((error) => {
      this.#options.log.debug(`Folders were not told: ${toStyxyError(error).message}`);
    });
  }

  async handOver(): Promise<void> {
    await this.#ask('handOver', {});
  }

  async close(): Promise<void> {
    if (!this.#stop.signal.aborted) {
      this.#stop.abort();
      this.#changed({ kind: 'unreachable', problem: 'This participant was closed.' });
    }
    const leaving = async (): Promise<void> => {
      await this.#leading?.handOver();
      this.#follower?.close();
      await this.#running;
    };
    const { clock } = this.#options;
    const patience = new AbortController();
    await Promise.race([
      leaving().finally(() => patience.abort()),
      clock.sleep(CLOSE_MS, patience.signal).catch(() => undefined),
    ]);
  }

  /** The same request, with the same id, goes to the next leader until it is answered. */
  async #ask<M extends MethodName>(
    method: M,
    params: Methods[M]['params'],
    options: AskOptions = {},
  ): Promise<Methods[M]['result']> {
    const { clock } = this.#options;
    const { deadlineMs = DEADLINE_MS, signal } = options;
    const end = clock.now() + deadlineMs;
    for (;;) {
      const follower = await this.#connected(method, end, deadlineMs, options);
      try {
        const left = Math.max(1, end - clock.now());
        return await follower.call(method, params, {
          deadlineMs: left,
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        const coded = toStyxyError(error);
        if (coded.code !== 'leadership_lost' || clock.now() >= end) {
          throw coded;
        }
        await this.#anotherTurn(follower);
      }
    }
  }

  /** A leader that still takes itself for one answers `leadership_lost` for a moment. */
  async #anotherTurn(follower: Follower): Promise<void> {
    const { clock } = this.#options;
    await Promise.race([follower.ended, clock.sleep(50)]);
  }

  #connected(
    method: string,
    end: number,
    deadlineMs: number,
    { signal }: AskOptions,
  ): Promise<Follower> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        listening.dispose();
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const look = (): void => {
        const follower = this.#follower;
        const problem = this.#stop.signal.aborted ? closed() : this.#problem;
        if (follower !== undefined) {
          settle(() => resolve(follower));
        } else if (problem !== undefined) {
          settle(() => reject(problem));
        }
      };
      const onAbort = (): void =>
        settle(() => reject(new StyxyError('cancelled', `"${method}" was cancelled.`)));
      const left = Math.max(1, end - this.#options.clock.now());
      const timer = setTimeout(() => settle(() => reject(timedOut(method, deadlineMs))), left);
      const listening = this.onDidChange(look);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted === true) {
        onAbort();
      } else {
        look();
      }
    });
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    let tools: NodeTools | undefined;
    while (!this.#stop.signal.aborted) {
      try {
        if (tools === undefined) {
          // Nothing of this is done within the caller's turn: activation must not wait for it.
          await this.#pause(0);
          const opened = await this.#options.open(this.#self);
          tools = opened.tools;
          this.#self = { ...opened.participant, folders: this.#self.folders };
        }
        await this.#attempt(tools);
      } catch (error) {
        const coded = toStyxyError(error);
        if (coded.code !== 'cancelled') {
          log.warn(`Cannot take part: ${coded.message}`);
          this.#unreachable(coded);
          await this.#pause(this.#backoff.next());
        }
      }
    }
    this.#follower?.close();
    await this.#leading?.handOver();
  }

  async #attempt(tools: NodeTools): Promise<void> {
    const { folder } = tools.knock;
    const listing = await folder.list();
    this.#seen = Math.max(this.#seen, listing.highest);
    const epoch = this.#seen;
    if (!hasLock(listing.files, epoch)) {
      return this.#stand(tools, true);
    }
    if (this.#accused === epoch) {
      return this.#stand(tools, false);
    }
    const found = await knock(tools.knock, epoch);
    switch (found.kind) {
      case 'answered':
        return this.#follow(tools, found);
      case 'dead':
        this.#options.log.info(`The leader of epoch ${epoch} is dead: ${found.why}.`);
        this.#accused = epoch;
        return this.#stand(tools, found.certain);
      case 'unsure':
        this.#options.log.debug(`The leader of epoch ${epoch}: ${found.why}.`);
        return this.#pause(this.#backoff.next(JITTER_MS));
      case 'refused':
        throw found.error;
    }
  }

  async #follow(tools: NodeTools, found: Extract<Awaited<ReturnType<typeof knock>>, { kind: 'answered' }>): Promise<void> {
    const { clock, log } = this.#options;
    const follower = await Follower.join(
      {
        clock,
        log,
        probe: async (epoch) => {
          const again = await knock(tools.knock, epoch);
          if (again.kind === 'answered') {
            again.channel.close();
          }
          return again.kind === 'answered';
        },
        onSnapshot: (joined) => this.#pushed(joined),
      },
      found,
      this.#self,
      this.#holds(),
    );
    if (this.#stop.signal.aborted) {
      follower.close();
      return;
    }
    this.#backoff.reset();
    this.#problem = undefined;
    this.#accused = undefined;
    this.#follower = follower;
    this.#pushed(follower);
    const end = await follower.ended;
    this.#follower = undefined;
    this.#accused = end.kind === 'frozen' ? end.epoch : undefined;
    if (!this.#stop.signal.aborted) {
      this.#changed({ kind: 'connecting' });
    }
  }

  /** `certain`: the leader is proven dead; without proof two may depose each other in turn. */
  async #stand(tools: NodeTools, certain: boolean): Promise<void> {
    const { ids, clock, log, product } = this.#options;
    if (!certain) {
      await this.#pause(this.#depositions.current);
    }
    await this.#pause(Math.max(0, this.#yieldsUntil - clock.now()));
    await this.#pause(ids.below(JITTER_MS) + (tools.ranked ? this.#rankMs() : 0));
    const listing = await tools.knock.folder.list();
    if (listing.highest > this.#seen) {
      return;
    }
    const order = {
      seen: this.#seen,
      ...(this.#accused === undefined ? {} : { accused: this.#accused }),
      self: this.#self,
      product,
    };
    const began = clock.now();
    const start = await tools.host.start(order);
    if (start.kind === 'ended') {
      return this.#notElected(start);
    }
    this.#leading = start;
    this.#accused = undefined;
    void start.ended.then(() => {
      this.#leading = undefined;
      const others = this.#snapshot?.participants.some(({ id }) => id !== this.participant);
      this.#yieldsUntil = others === true ? clock.now() + COURTESY_MS : 0;
      if (clock.now() - began < SHORT_REIGN_MS) {
        this.#depositions.next();
      } else {
        this.#depositions.reset();
      }
    });
    log.debug(`Won after ${clock.now() - began} ms.`);
  }

  async #notElected({ why, cause }: Extract<HostedStart, { kind: 'ended' }>): Promise<void> {
    switch (why.kind) {
      case 'newer':
        throw new StyxyError(
          'storage_newer',
          `A newer version of Styxy wrote epoch ${why.epoch}. Update Styxy here, or open a window that has the newer version.`,
          { details: { epoch: why.epoch } },
        );
      case 'storage':
        this.#seen = Math.max(this.#seen, why.epoch);
        throw cause ?? new StyxyError('storage_unavailable', 'The disk refused. Try again.');
      case 'lost':
      case 'superseded':
        this.#seen = Math.max(this.#seen, why.seen);
        return;
      case 'follow':
        // Somebody answers after all, or cannot be judged from here.
        this.#accused = undefined;
        return this.#pause(this.#backoff.next(JITTER_MS));
      case 'damaged':
        return;
    }
  }

  #rankMs(): number {
    const windows = this.#snapshot?.participants.filter(({ kind }) => kind === 'window') ?? [];
    const rank = windows.findIndex(({ id }) => id === this.participant);
    return Math.min(Math.max(0, rank) * RANK_MS, RANK_MAX_MS);
  }

  #holds(): readonly Allocation[] {
    const { folders } = this.#self;
    return (this.#snapshot?.allocations ?? [])
      .filter(({ workspace }) => folders.includes(workspace))
      .map(({ state: _state, process: _process, ...allocation }) => allocation);
  }

  #pushed(follower: Follower): void {
    if (this.#follower !== follower || this.#stop.signal.aborted) {
      return;
    }
    const { snapshot } = follower;
    this.#seen = Math.max(this.#seen, snapshot.epoch);
    this.#snapshot = snapshot;
    const kind = snapshot.leader.participant === this.participant ? 'leader' : 'follower';
    this.#changed({ kind, epoch: snapshot.epoch });
  }

  #unreachable(problem: StyxyError): void {
    this.#problem = problem;
    this.#changed({ kind: 'unreachable', problem: problem.message });
  }

  #changed(role: Role): void {
    this.#role = role;
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }
}

function closed(): StyxyError {
  return new StyxyError('leader_unavailable', 'This participant was closed. Start it again.', {
    retryable: false,
  });
}
