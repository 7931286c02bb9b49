/** A leadership on the calling thread. */
import type { CandidacyOrder } from '../election/candidate';
import type { HostedStart, LeaderHost } from '../node/leaderHost';
import { lead } from '../leader/lead';
import type { LeadershipTools } from '../leader/leadershipParts';

export class InlineLeaderHost implements LeaderHost {
  readonly #tools: LeadershipTools;

  constructor(tools: LeadershipTools) {
    this.#tools = tools;
  }

  async start(order: CandidacyOrder): Promise<HostedStart> {
    const start = await lead(this.#tools, order);
    if (start.kind === 'ended') {
      return start;
    }
    const { leadership } = start;
    return {
      kind: 'leading',
      ended: leadership.ended,
      handOver: () => leadership.handOver(),
    };
  }
}
