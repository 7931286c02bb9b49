/**
 * Look-ups while nothing can lead because the disk refuses: answered from what the last leader
 * left. Everything else is refused meanwhile.
 */
import type { StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import { isRead, type Methods, type RequestName } from '../../core/messages/methods';
import { ActiveConfiguration } from '../configuration/activeConfiguration';
import { FIRST_CHECK_MS, HealthMonitor } from '../health/healthMonitor';
import { Queries } from '../leader/queries';
import type { TermTools } from '../leader/term';
import { LogRecovery } from '../log/recovery';
import type { ReadOnlyService } from '../node/campaign';

/** `problem`: why nothing can lead. */
export function readOnlyService(
  tools: TermTools,
  self: Participant,
  problem: StyxyError,
): ReadOnlyService {
  return {
    async answer<M extends RequestName>(method: M, params: Methods[M]['params']) {
      if (method === 'handOver') {
        // Nothing leads: that is all it asks for.
        return {} as Methods[M]['result'];
      }
      if (!isRead(method)) {
        throw problem;
      }
      const queries = await lastState(tools, self, problem);
      return (await queries.answer(method, params as never)) as Methods[M]['result'];
    },
  };
}

async function lastState(
  tools: TermTools,
  self: Participant,
  problem: StyxyError,
): Promise<Queries> {
  const { clock, log, look, home, ephemeral, config, trail, auditPath } = tools;
  const { highest: epoch } = await tools.folder.list();
  const logRecovery = new LogRecovery({ ...tools, onRepair: () => undefined }, 0);
  const recovery = await logRecovery.recover(epoch + 1);
  if (recovery.kind === 'newer') {
    throw problem;
  }
  const { state, seq } = recovery.base;
  const active = new ActiveConfiguration({ log, ephemeral, path: config.path });
  const { pid, id: participant, kind, label } = self;
  const shown = {
    ...{ clock, log, look },
    state: () => state,
    rules: () => active.rules(state),
    participants: () => [self],
  };
  return new Queries({
    ...shown,
    home,
    health: new HealthMonitor({
      ...shown,
      firstCheckMs: FIRST_CHECK_MS,
      onChange: () => undefined,
      onConflict: () => undefined,
    }),
    self: { pid, participant, kind, label, since: clock.now() },
    configuration: () => active.view(state, []),
    progress: () => ({ epoch, seq, commits: 0, problem }),
    audit: async (query) => ({ ...(await trail.read(query)), path: auditPath }),
    machine: () => tools.machine.look(''),
    recovery: () => ({ epoch, at: clock.now(), attempts: 0, steps: [] }),
  });
}
