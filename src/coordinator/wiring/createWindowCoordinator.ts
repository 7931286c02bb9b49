/**
 * The composition root of a window: it leads in a worker thread, since an extension host's main
 * thread is shared and may stall. What leading takes is in the worker's script and is loaded here
 * only if no worker can be started, or nothing can lead.
 */
import type { Coordinator } from '../../core/messages/coordinator';
import { loadModule } from '../../platform/fs/runtime';
import { WorkerLeaderHost } from './workerHost';
import { participate, type ParticipantOptions } from './createCoordinator';
import type { InlineHost, inlineHost } from './inlineHost';

/** What `leaderWorker.ts` exports. */
interface WorkerScript {
  readonly inlineHost: typeof inlineHost;
}

export interface WindowCoordinatorOptions extends ParticipantOptions {
  /** Absolute path of the worker's script, which exports `inlineHost` too. */
  readonly script: string;
}

/** See `participate`. */
export function createWindowCoordinator(options: WindowCoordinatorOptions): Coordinator {
  const { script, log } = options;
  return participate(options, async (machine) => {
    let loading: Promise<InlineHost> | undefined;
    const here = (): Promise<InlineHost> =>
      (loading ??= (loadModule(script) as WorkerScript).inlineHost(machine, {}));
    return {
      probe: machine.probe,
      ranked: true,
      host: new WorkerLeaderHost({
        script,
        home: machine.paths.home,
        log,
        fallback: { start: async (candidacy) => (await here()).host.start(candidacy) },
      }),
      readOnly: (self, problem) => ({
        answer: async (method, params) =>
          (await here()).readOnly(self, problem).answer(method, params),
      }),
    };
  });
}
