/** One leadership inside a worker thread; `leaderHost` is the other end of its port. */
import type { MessagePort } from 'node:worker_threads';
import { toStyxyError } from '../../core/domain/errors';
import type { Log } from '../../core/host/interfaces';
import type { WorkerCommand, WorkerMessage, WorkerOrder } from './workerHost';
import { lead } from '../leader/lead';
import { openMachine } from './machine';

export async function runLeaderWorker(
  port: MessagePort,
  { home, order }: WorkerOrder,
): Promise<void> {
  const tell = (message: WorkerMessage): void => port.postMessage(message);
  const say =
    (level: keyof Log) =>
    (message: string): void =>
      tell({ kind: 'log', level, message });
  const log: Log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  };
  try {
    const machine = await openMachine({ home, log });
    const start = await lead(machine.leadership, order);
    if (start.kind === 'ended') {
      const { why, cause } = start;
      tell({ kind: 'ended', why, ...(cause === undefined ? {} : { cause: cause.toJSON() }) });
    } else {
      const { leadership } = start;
      port.on('message', (command: WorkerCommand) => {
        if (command.kind === 'handOver') {
          void leadership.handOver();
        }
      });
      tell({ kind: 'leading' });
      await leadership.ended;
      tell({ kind: 'over' });
    }
  } catch (error) {
    tell({ kind: 'failed', error: toStyxyError(error).toJSON() });
  }
  port.close();
}
