/** Runs for leader at the right moment, and knows what a term that was lost or ended means. */
import { StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import type { Ids, Runtime } from '../../core/host/interfaces';
import type { Snapshot } from '../../core/messages/requests';
import type { Ending } from '../../core/election/types';
import type { Methods, RequestName } from '../../core/messages/methods';
import type { CandidacyOptions } from '../election/candidate';
import type { ProbeTools } from '../session/leaderProbe';

/** Followers that notice the same death do not all start at the same instant. */
const JITTER_MS = 10;

/** Before a worker is started for a candidacy: this much per rank in the leader's window list. */
const RANK_MS = 100;
const RANK_MAX_MS = 1000;

/** After an own term ended, others go first; one that did is noticed within `LOOK_MS`. */
const COURTESY_MS = 500;
const LOOK_MS = 50;

/** A participant that cannot lead looks this often whether another one can. */
const REST_LOOK_MS = 1000;

/** A term that was taken away within this time: two of us may be deposing each other. */
const SHORT_TERM_MS = 10_000;

export interface CampaignOptions extends Runtime {
  readonly ids: Ids;
  /** Own participant id. */
  readonly participant: string;
  /** The last push. */
  snapshot(): Snapshot | undefined;
  /** Waits, and no longer when this participant is closed. */
  pause(ms: number): Promise<void>;
  isClosing(): boolean;
}

export interface RunOptions extends CandidacyOptions {
  /** The leader is proven dead; without proof two may depose each other in turn. */
  readonly certain: boolean;
}

export type CampaignOutcome =
  | { readonly kind: 'leading' }
  /** Look again; the highest epoch seen on the way. */
  | { readonly kind: 'again'; readonly seen: number }
  /** A leader answers after all, or its state cannot be known from here. */
  | { readonly kind: 'follow' };

export class Campaign {
  readonly #options: CampaignOptions;
  readonly #depositions = new Backoff();
  #term: HostedTerm | undefined;
  #yieldsUntil = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
  }

  /** Errors: `storage_unavailable`, `storage_newer`, `permission_denied`. */
  async run(tools: NodeTools, { certain, ...candidacy }: RunOptions): Promise<CampaignOutcome> {
    const { ids, clock, log, pause, isClosing } = this.#options;
    if (!certain) {
      await pause(this.#depositions.current);
    }
    if (this.#term !== undefined) {
      // Its connections end before it does, and only then is it known for how long to yield.
      await Promise.race([this.#term.ended, pause(COURTESY_MS)]);
    }
    const highest = async (): Promise<number> => (await tools.probe.folder.list()).highest;
    const yields = (): boolean => {
      const left = this.#yieldsUntil - clock.now();
      // More than the whole courtesy is left only when the clock was set back.
      return left > 0 && left <= COURTESY_MS;
    };
    while (yields() && !isClosing() && (await highest()) <= candidacy.seen) {
      await pause(LOOK_MS);
    }
    if (tools.ranked && (await highest()) <= candidacy.seen) {
      await pause(this.#rankMs());
    }
    await pause(ids.below(JITTER_MS));
    const seen = await highest();
    if (seen > candidacy.seen || isClosing()) {
      return { kind: 'again', seen };
    }
    const began = clock.now();
    const start = await tools.host.start(candidacy);
    if (start.kind === 'ended') {
      return notElected(start, candidacy.seen);
    }
    log.debug(`Won after ${clock.now() - began} ms.`);
    const { term } = start;
    this.#term = term;
    void term.ended.then(() => this.#ended(term, began));
    return { kind: 'leading' };
  }

  /** Waits this long, or until another process takes a number. */
  async rest(ms: number, tools: NodeTools | undefined): Promise<void> {
    const { pause, isClosing } = this.#options;
    // A folder that cannot be listed is no news.
    const highest = async (): Promise<number> =>
      (await tools?.probe.folder.list().catch(() => undefined))?.highest ?? 0;
    const before = await highest();
    for (let left = ms; left > 0 && !isClosing(); left -= REST_LOOK_MS) {
      await pause(Math.min(left, REST_LOOK_MS));
      if ((await highest()) > before) {
        return;
      }
    }
  }

  /** Ends the own term in order, if there is one. */
  async handOver(): Promise<void> {
    await this.#term?.handOver();
  }

  #ended(ended: HostedTerm, began: number): void {
    const { clock, participant, snapshot } = this.#options;
    if (this.#term === ended) {
      this.#term = undefined;
    }
    const others = snapshot()?.participants.some(({ id }) => id !== participant);
    this.#yieldsUntil = others === true ? clock.now() + COURTESY_MS : 0;
    if (clock.now() - began < SHORT_TERM_MS) {
      this.#depositions.next();
    } else {
      this.#depositions.reset();
    }
  }

  /** Position among the windows that remain. */
  #rankMs(): number {
    const { participant, snapshot } = this.#options;
    const last = snapshot();
    const rank = (last?.participants ?? [])
      .filter(({ id, kind }) => kind === 'window' && id !== last?.leader.participant)
      .findIndex(({ id }) => id === participant);
    return Math.min(Math.max(0, rank) * RANK_MS, RANK_MAX_MS);
  }
}

function notElected(
  { why, cause }: Extract<TermStart, { kind: 'ended' }>,
  seen: number,
): CampaignOutcome {
  switch (why.kind) {
    case 'newer':
      throw new StyxyError(
        'storage_newer',
        `A newer version of Styxy wrote epoch ${why.epoch}. Update Styxy here, or open a window that has the newer version.`,
        { details: { epoch: why.epoch } },
      );
    case 'storage':
      throw cause ?? new StyxyError('storage_unavailable', 'The disk refused. Try again.');
    case 'lost':
    case 'superseded':
      return { kind: 'again', seen: why.seen };
    case 'damaged':
      return { kind: 'again', seen };
    case 'follow':
      return { kind: 'follow' };
  }
}

/** Where the terms of this process are served: a worker thread, or this thread. */
export interface LeaderHost {
  /** Errors: `storage_unavailable`, `permission_denied`. */
  start(candidacy: CandidacyOptions): Promise<TermStart>;
}

/** A term as its participant sees it. */
export interface HostedTerm {
  readonly ended: Promise<void>;
  /** Idempotent. */
  handOver(): Promise<void>;
}

export type TermStart =
  | { readonly kind: 'leading'; readonly term: HostedTerm }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/** Answers look-ups from the files while nothing leads. */
export interface ReadOnlyService {
  /** Errors: why nothing can lead, for everything that is no look-up. */
  answer<M extends RequestName>(
    method: M,
    params: Methods[M]['params'],
  ): Promise<Methods[M]['result']>;
}

export interface NodeTools {
  readonly probe: ProbeTools;
  readonly host: LeaderHost;
  /** Starting a term is expensive here (a worker): let others with a lower rank go first. */
  readonly ranked: boolean;
  /** Answers look-ups while nothing can lead; `problem`: why. */
  readOnly(self: Participant, problem: StyxyError): ReadOnlyService;
}

/** The first pause between attempts that fail, and the longest. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

/** Ever longer pauses between attempts that fail. */
export class Backoff {
  #current = 0;

  /** The pause before the next attempt; 0 before the first failure. */
  get current(): number {
    return this.#current;
  }

  /** Counts a failure and answers how long to wait. `firstMs`: where it begins. */
  next(firstMs = FIRST_PAUSE_MS): number {
    this.#current = Math.min(this.#current === 0 ? firstMs : this.#current * 2, MAX_PAUSE_MS);
    return this.#current;
  }

  reset(): void {
    this.#current = 0;
  }
}
