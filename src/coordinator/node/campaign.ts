/** Standing for the leadership at the right moment, and what a lost or ended one means. */
import { StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import type { Clock, Ids, Log } from '../../core/host/interfaces';
import type { Snapshot } from '../../core/messages/requests';
import { Backoff } from '../async/backoff';
import type { CandidacyOrder } from '../election/candidate';
import type { ProbeTools } from '../session/leaderProbe';
import type { HostedStart, LeaderHost, Offline } from './leaderHost';

/** Followers that notice the same death do not all start at the same instant. */
const JITTER_MS = 10;

/** Before a worker is started for a candidacy: so much per rank in the leader's window list. */
const RANK_MS = 100;
const RANK_MAX_MS = 1000;

/** After an own leadership ended, others go first; one that did is noticed within `LOOK_MS`. */
const COURTESY_MS = 500;
const LOOK_MS = 50;

/** Who cannot lead itself looks this often whether another one can. */
const REST_LOOK_MS = 1000;

/** A leadership that was taken away within this time: two of us may be deposing each other. */
const SHORT_REIGN_MS = 10_000;

export interface CampaignOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Own participant id. */
  readonly participant: string;
  /** The last push. */
  snapshot(): Snapshot | undefined;
  /** Waits, and no longer when this participant is closed. */
  pause(ms: number): Promise<void>;
  isClosing(): boolean;
}

export interface Candidature extends Omit<CandidacyOrder, 'self'> {
  readonly self: Participant;
  /** The leader is proven dead; without proof two may depose each other in turn. */
  readonly certain: boolean;
}

export type CampaignOutcome =
  | { readonly kind: 'leading' }
  /** Look again; the highest epoch seen on the way. */
  | { readonly kind: 'again'; readonly seen: number }
  /** Somebody answers after all, or cannot be judged from here. */
  | { readonly kind: 'follow' };

export class Campaign {
  readonly #options: CampaignOptions;
  readonly #depositions = new Backoff();
  #leading: Extract<HostedStart, { kind: 'leading' }> | undefined;
  #yieldsUntil = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
  }

  /** Errors: `storage_unavailable`, `storage_newer`, `permission_denied`. */
  async stand(tools: NodeTools, { certain, ...order }: Candidature): Promise<CampaignOutcome> {
    const { ids, clock, log, pause, isClosing } = this.#options;
    if (!certain) {
      await pause(this.#depositions.current);
    }
    if (this.#leading !== undefined) {
      // Its connections end before it does, and only then is it known for how long to yield.
      await Promise.race([this.#leading.ended, pause(COURTESY_MS)]);
    }
    const highest = async (): Promise<number> => (await tools.knock.folder.list()).highest;
    const yields = (): boolean => {
      const left = this.#yieldsUntil - clock.now();
      // More than the whole courtesy is left only when the clock was set back.
      return left > 0 && left <= COURTESY_MS;
    };
    while (yields() && !isClosing() && (await highest()) <= order.seen) {
      await pause(LOOK_MS);
    }
    if (tools.ranked && (await highest()) <= order.seen) {
      await pause(this.#rankMs());
    }
    await pause(ids.below(JITTER_MS));
    const seen = await highest();
    if (seen > order.seen || isClosing()) {
      return { kind: 'again', seen };
    }
    const began = clock.now();
    const start = await tools.host.start(order);
    if (start.kind === 'ended') {
      return notElected(start, order.seen);
    }
    log.debug(`Won after ${clock.now() - began} ms.`);
    this.#leading = start;
    void start.ended.then(() => this.#ended(start, began));
    return { kind: 'leading' };
  }

  /** Waits so long, but not beyond the moment in which somebody takes a number. */
  async rest(ms: number, tools: NodeTools | undefined): Promise<void> {
    const { pause, isClosing } = this.#options;
    // A folder that cannot be listed is no news.
    const highest = async (): Promise<number> =>
      (await tools?.knock.folder.list().catch(() => undefined))?.highest ?? 0;
    const before = await highest();
    for (let left = ms; left > 0 && !isClosing(); left -= REST_LOOK_MS) {
      await pause(Math.min(left, REST_LOOK_MS));
      if ((await highest()) > before) {
        return;
      }
    }
  }

  /** Ends the own leadership in order, if there is one. */
  async handOver(): Promise<void> {
    await this.#leading?.handOver();
  }

  #ended(ended: Extract<HostedStart, { kind: 'leading' }>, began: number): void {
    const { clock, participant, snapshot } = this.#options;
    if (this.#leading === ended) {
      this.#leading = undefined;
    }
    const others = snapshot()?.participants.some(({ id }) => id !== participant);
    this.#yieldsUntil = others === true ? clock.now() + COURTESY_MS : 0;
    if (clock.now() - began < SHORT_REIGN_MS) {
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
  { why, cause }: Extract<HostedStart, { kind: 'ended' }>,
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

export interface NodeTools {
  readonly knock: ProbeTools;
  readonly host: LeaderHost;
  /** Starting a leadership is dear here (a worker): let others with a lower rank go first. */
  readonly ranked: boolean;
  /** Answers look-ups while nobody can lead. */
  offline(self: Participant, problem: StyxyError): Offline;
}
