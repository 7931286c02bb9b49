/** The composition root of a participant that may lead on its own thread: commands, and tests. */
import type { Coordinator } from '../../core/messages/coordinator';
import { WorkerLeaderHost } from './workerHost';
import type { LeadingOptions } from './machine';
import { onThisThread } from './onThisThread';
import { participate, type ParticipantOptions } from './participate';

export interface CoordinatorOptions extends ParticipantOptions, LeadingOptions {
  /** Where a leadership of this participant runs: in a worker thread from this script, or here. */
  readonly leader:
    { readonly kind: 'worker'; readonly script: string } | { readonly kind: 'inline' };
}

/** See `participate`. */
export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const { leader, log } = options;
  return participate(options, async (ground) => {
    const { knock, paths } = ground;
    const here = await onThisThread(ground, options);
    const common = { knock, offline: here.offline };
    if (leader.kind === 'inline') {
      return { ...common, host: here.host, ranked: false };
    }
    const { script } = leader;
    const host = new WorkerLeaderHost({ script, home: paths.home, log, fallback: here.host });
    return { ...common, host, ranked: true };
  });
}
