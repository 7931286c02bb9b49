/**
 * Look-ups while nobody can lead because the disk refuses: answered from what the last leader left,
 * by whoever asks. Everything else is refused meanwhile.
 */
import type { AuditQuery } from '../../core/domain/audit';
import type { StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import type { AuditAnswer, ConfigurationView } from '../../core/messages/requests';
import { diagnose } from '../leader/doctor';
import { FIRST_CHECK_MS, HealthMonitor } from '../health/healthMonitor';
import { ActiveConfiguration } from '../configuration/activeConfiguration';
import type { LeadershipTools } from '../leader/leadershipParts';
import { LogRecovery } from '../log/recovery';
import { Queries } from '../leader/queries';
import type { Offline } from '../node/leaderHost';

/** `problem`: why nobody can lead. */
export function offline(tools: LeadershipTools, self: Participant, problem: StyxyError): Offline {
  const refuse = (): Promise<never> => Promise.reject(problem);
  return {
    async answer(method, params) {
      const { highest } = await tools.folder.list();
      const salvage = new LogRecovery({ ...tools, onRepair: () => undefined }, 0);
      const recovery = await salvage.recover(highest + 1);
      if (recovery.kind === 'newer') {
        throw problem;
      }
      const { state, seq } = recovery.base;
      const { clock, log, look, home } = tools;
      const inForce = new ActiveConfiguration({
        log,
        ephemeral: tools.ephemeral,
        path: tools.config.path,
      });
      const { pid, id: participant, kind, label } = self;
      const health = new HealthMonitor({
        clock,
        log,
        look,
        firstCheckMs: FIRST_CHECK_MS,
        state: () => state,
        rules: () => inForce.rules(state),
        participants: () => [self],
        onChange: () => undefined,
        onConflict: () => undefined,
      });
      const audit = async (query: AuditQuery): Promise<AuditAnswer> => ({
        ...(await tools.trail.read(query)),
        path: tools.auditPath,
      });
      const configuration = (): ConfigurationView => inForce.view(state, []);
      const service: Queries = new Queries({
        clock,
        log,
        look,
        health,
        home,
        rules: () => inForce.rules(state),
        configuration,
        audit,
        setAutoAllocation: refuse,
        doctor: () =>
          diagnose({
            clock,
            audit,
            configuration,
            status: () => service.status(),
            machine: () => tools.machine.look(''),
            views: async () => (await service.list()).allocations,
            rules: () => inForce.rules(state),
            counters: () => health.counters,
            recovery: () => ({ epoch: highest, at: clock.now(), attempts: 0, steps: [] }),
          }),
        self: { pid, participant, kind, label, since: clock.now() },
        state: () => state,
        standing: () => ({ epoch: highest, seq, commits: 0, problem }),
        verify: () => Promise.resolve(),
        request: refuse,
        participants: () => [self],
        push: () => undefined,
        handOver: () => undefined,
      });
      return service.answer(method, params, self);
    },
  };
}
