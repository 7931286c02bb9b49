/**
 * The composition root of a window: it leads in a worker thread, since an extension host's main
 * thread is shared and may stall. What leading takes is in the worker's script and is loaded here
 * only if no worker can be started, or nobody can lead.
 */
import type { Coordinator } from '../../core/messages/coordinator';
import { loadModule } from '../../platform/fs/runtime';
import { WorkerLeaderHost } from './workerHost';
import type { OnThisThread, onThisThread } from './onThisThread';
import { participate, type ParticipantOptions } from './participate';

/** What `leaderWorker.ts` exports. */
interface WorkerScript {
  readonly onThisThread: typeof onThisThread;
}

export interface WindowCoordinatorOptions extends ParticipantOptions {
  /** Absolute path of the worker's script, which exports `onThisThread` too. */
  readonly script: string;
}

/** See `participate`. */
export function createWindowCoordinator(options: WindowCoordinatorOptions): Coordinator {
  const { script, log } = options;
  return participate(options, async (ground) => {
    let loading: Promise<OnThisThread> | undefined;
    const here = (): Promise<OnThisThread> =>
      (loading ??= (loadModule(script) as WorkerScript).onThisThread(ground, {}));
    return {
      knock: ground.knock,
      ranked: true,
      host: new WorkerLeaderHost({
        script,
        home: ground.paths.home,
        log,
        fallback: { start: async (order) => (await here()).host.start(order) },
      }),
      offline: (self, problem) => ({
        answer: async (method, params) =>
          (await here()).offline(self, problem).answer(method, params),
      }),
    };
  });
}
