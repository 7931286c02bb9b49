/**
 * Entry of the worker thread that a leading window starts: one term, with `WorkerLeaderHost` at the
 * other end of its port. Loaded on a main thread it starts nothing, and offers what a window needs
 * that cannot start one.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Term } from './coordinator/leader/term';
import { openMachine, termTools } from './coordinator/wiring/adapters';
import type { WorkerCommand, WorkerMessage, WorkerStart } from './coordinator/wiring/workerHost';
import { toStyxyError } from './core/domain/errors';
import { given } from './core/domain/schema';
import type { Log } from './core/host/interfaces';

export { inlineHost } from './coordinator/wiring/inlineHost';
export { lookAtRefusedHome } from './platform/doctor/machineFacts';

if (parentPort !== null) {
  void serve(parentPort, workerData);
}

async function serve(port: MessagePort, { home, candidacy }: WorkerStart): Promise<void> {
  const report = (message: WorkerMessage): void => port.postMessage(message);
  const say =
    (level: keyof Log) =>
    (message: string): void =>
      report({ kind: 'log', level, message });
  const log: Log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  };
  try {
    const tools = await termTools(await openMachine({ home, log }), {});
    const start = await Term.begin(tools, candidacy);
    if (start.kind === 'ended') {
      report(given({ ...start, cause: start.cause?.toJSON() }));
    } else {
      const { term } = start;
      port.on('message', (command: WorkerCommand) => {
        if (command.kind === 'handOver') {
          void term.handOver();
        }
      });
      report({ kind: 'leading' });
      await term.ended;
      report({ kind: 'over' });
    }
  } catch (error) {
    report({ kind: 'failed', error: toStyxyError(error).toJSON() });
  }
  port.close();
}
