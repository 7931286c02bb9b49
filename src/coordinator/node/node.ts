/**
 * One participant: finds the leader or becomes it, follows it, and carries requests to it. There is
 * one path: a window that leads talks to its own leader over the socket too.
 */
import type { Role, SendRequest } from '../../core/messages/coordinator';
import { hasLock } from '../../core/election/machine';
import { toStyxyError, type StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import type { Disposable, Ids, Runtime } from '../../core/host/interfaces';
import type { Snapshot } from '../../core/messages/requests';
import { RequestRouter, closed, DEADLINE_MS } from './requestRouter';
import { LeaderConnection } from './leaderConnection';
import { connectToLeader, probeLeader, type AnsweringLeader } from '../session/leaderProbe';
import { LastKnown } from './lastKnown';
import { Backoff, Campaign, type NodeTools, type ReadOnlyService } from './campaign';
import { withTimeout } from '../async/promises';

/** A leader of which nothing certain is known is looked at again, soon at first. */
const UNSURE_MS = 10;

/** The longest pause before looking again when the leader went away in the middle of it. */
const UNSURE_MAX_MS = 500;

/** Time for leaving in order; after it the crash path does the rest. */
const CLOSE_MS = 1800;

export interface NodeOptions extends Runtime {
  readonly ids: Ids;
  readonly participant: Participant;
  readonly product: string;
  /** Opens the machine: folders, files, sockets. Errors: `permission_denied`, `storage_...`. */
  open(participant: Participant): Promise<{ tools: NodeTools; participant: Participant }>;
}

export class Node {
  readonly participant: string;
  readonly #options: NodeOptions;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff();
  readonly #campaign: Campaign;
  /** The way of a request: see `createClient`. */
  readonly send: SendRequest;
  readonly #running: Promise<void>;
  #self: Participant;
  #role: Role = { kind: 'connecting' };
  #leader: LeaderConnection | undefined;
  readonly #lastKnown = new LastKnown();
  /** Why no leader can be reached from here; waiting would not help. */
  #problem: StyxyError | undefined;
  #readOnly: ReadOnlyService | undefined;
  #accused: number | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#self = options.participant;
    this.participant = options.participant.id;
    this.#campaign = new Campaign({
      ...options,
      participant: this.participant,
      snapshot: () => this.snapshot,
      pause: (ms) => this.#pause(ms),
      isClosing: () => this.#stop.signal.aborted,
    });
    this.send = new RequestRouter({
      clock: options.clock,
      current: () => this.#leader,
      problem: () => (this.#stop.signal.aborted ? closed() : this.#problem),
      readOnly: () => (this.#stop.signal.aborted ? undefined : this.#readOnly),
      onDidChange: (listener) => this.onDidChange(listener),
    }).send;
    this.#running = this.#run();
  }

  get role(): Role {
    return this.#role;
  }

  get snapshot(): Snapshot | undefined {
    return this.#leader?.snapshot ?? this.#lastKnown.snapshot;
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  setFolders(folders: readonly string[]): void {
    this.#self = { ...this.#self, folders };
    this.#leader?.call('folders', { folders }, { deadlineMs: DEADLINE_MS }).catch((error) => {
      this.#options.log.debug(`Folders were not told: ${toStyxyError(error).message}`);
    });
  }

  async close(): Promise<void> {
    if (!this.#stop.signal.aborted) {
      this.#stop.abort();
      this.#changed({ kind: 'unreachable', problem: 'This participant was closed.' });
    }
    const leaving = async (): Promise<void> => {
      await this.#campaign.handOver();
      this.#leader?.close();
      await this.#running;
    };
    await withTimeout(this.#options.clock, CLOSE_MS, leaving(), undefined);
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
        if (coded.code === 'leadership_lost' || coded.code === 'timeout') {
          // The leader went away in the middle of the introduction; the next one is near.
          log.debug(`Looks again: ${coded.message}`);
          await this.#pause(Math.min(this.#backoff.next(UNSURE_MS), UNSURE_MAX_MS));
        } else if (coded.code !== 'cancelled') {
          log.warn(`Cannot take part: ${coded.message}`);
          const isStorage = coded.code === 'storage_unavailable';
          this.#readOnly = isStorage ? tools?.readOnly(this.#self, coded) : undefined;
          this.#problem = coded;
          this.#changed({ kind: 'unreachable', problem: coded.message });
          await this.#campaign.rest(this.#backoff.next(), tools);
        }
      }
    }
    this.#leader?.close();
    await this.#campaign.handOver();
  }

  async #attempt(tools: NodeTools): Promise<void> {
    const { folder } = tools.probe;
    const listing = await folder.list();
    this.#lastKnown.saw(listing.highest);
    const epoch = this.#lastKnown.seen;
    if (!hasLock(listing.files, epoch)) {
      return this.#runForLeader(tools, true);
    }
    if (this.#accused === epoch) {
      return this.#runForLeader(tools, false);
    }
    const found = await connectToLeader(tools.probe, epoch);
    switch (found.kind) {
      case 'answered':
        return this.#follow(tools, found);
      case 'dead':
        this.#options.log.info(`The leader of epoch ${epoch} is dead: ${found.why}.`);
        this.#accused = epoch;
        return this.#runForLeader(tools, found.certain);
      case 'unsure':
        this.#options.log.debug(`The leader of epoch ${epoch}: ${found.why}.`);
        return this.#pause(this.#backoff.next(UNSURE_MS));
      case 'refused':
        throw found.error;
    }
  }

  async #follow(tools: NodeTools, found: AnsweringLeader): Promise<void> {
    const { clock, log } = this.#options;
    const introduced = this.#self;
    const leader = await LeaderConnection.join(
      {
        clock,
        log,
        probe: async (epoch) => (await probeLeader(tools.probe, epoch)) === 'answered',
        onSnapshot: (joined) => this.#pushed(joined),
      },
      found,
      introduced,
      this.#lastKnown.holds(introduced.folders),
    );
    if (this.#stop.signal.aborted) {
      leader.close();
      return;
    }
    this.#backoff.reset();
    this.#problem = undefined;
    this.#readOnly = undefined;
    this.#accused = undefined;
    this.#leader = leader;
    if (this.#self.folders !== introduced.folders) {
      this.setFolders(this.#self.folders);
    }
    this.#pushed(leader);
    const end = await leader.ended;
    this.#lastKnown.left(leader);
    this.#leader = undefined;
    this.#accused = end.kind === 'frozen' ? end.epoch : undefined;
    if (!this.#stop.signal.aborted) {
      this.#changed({ kind: 'connecting' });
    }
  }

  async #runForLeader(tools: NodeTools, certain: boolean): Promise<void> {
    const outcome = await this.#campaign.run(tools, {
      certain,
      seen: this.#lastKnown.seen,
      served: this.#lastKnown.served,
      ...(this.#accused === undefined ? {} : { accused: this.#accused }),
      self: this.#self,
      product: this.#options.product,
    });
    if (outcome.kind === 'again') {
      this.#lastKnown.saw(outcome.seen);
      return;
    }
    this.#accused = undefined;
    if (outcome.kind === 'follow') {
      await this.#pause(this.#backoff.next(UNSURE_MS));
    }
  }

  #pushed(connection: LeaderConnection): void {
    if (this.#leader !== connection || this.#stop.signal.aborted) {
      return;
    }
    const { epoch, leader } = connection;
    this.#lastKnown.follows(connection);
    this.#changed({ kind: leader === this.participant ? 'leader' : 'follower', epoch });
  }

  #changed(role: Role): void {
    this.#role = role;
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        // One that throws harms no other.
        this.#options.log.error(`A listener failed: ${toStyxyError(error).message}`);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }
}
