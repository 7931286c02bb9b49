/** The parts of one leadership, put together. */
import type { Ending } from '../../core/election/machine';
import { QUARANTINE_MS } from '../../core/allocation/rules';
import { Attendance } from '../membership/holderTracker';
import { Auditing } from './auditWriter';
import { Configuring } from '../configuration/configSync';
import { examine } from './doctor';
import { Folders } from '../membership/folderTracker';
import { FIRST_CHECK_MS, type HealthMonitor } from '../health/monitor';
import { InForce } from '../configuration/activeConfiguration';
import { Leader } from './commitQueue';
import type { LeadershipParts } from './leadershipParts';
import { EpochLedger } from './durableLog';
import { Service } from './queries';
import { Suspicion } from '../recovery/resync';
import { SystemRecovery } from '../recovery/startupRepair';
import { unsound } from '../recovery/takeoverReport';
import { watching } from '../health/allocationMonitor';

/** Each does one thing; they know each other by what they are given here. */
export interface Works {
  readonly attendance: Attendance;
  readonly auditing: Auditing;
  readonly configuring: Configuring;
  readonly folders: Folders;
  readonly health: HealthMonitor;
  readonly leader: Leader;
  readonly ledger: EpochLedger;
  readonly recovery: SystemRecovery;
  readonly service: Service;
  readonly suspicion: Suspicion;
}

export interface AssemblyHooks {
  /** A new epoch serves. */
  onEpoch(): void;
  /** Nothing is committed any more. */
  onEnd(why: Ending): void;
  handOver(): void;
}

export function assemble(parts: LeadershipParts, hooks: AssemblyHooks): Works {
  const { tools, order, reign, base, reignTools, sessions, takeOver } = parts;
  const { clock, ids, log, look } = tools;
  const auditing: Auditing = new Auditing({
    ...tools,
    place: () => ({ epoch: ledger.epoch, seq: ledger.seq }),
    verify: () => ledger.verify(),
  });
  const inForce = new InForce({ log, ephemeral: tools.ephemeral, path: tools.config.path });
  const configuring: Configuring = new Configuring({
    store: tools.config,
    clock,
    log,
    leader: () => leader,
    verify: () => ledger.verify(),
    onChange: () => service.configurationChanged(),
  });
  const ledger: EpochLedger = new EpochLedger(
    {
      tools: reignTools,
      clock,
      log,
      rotateBytes: tools.rotateBytes,
      exclusively: (work) => leader.exclusively(work),
      onEpoch: () => {
        sessions.push('snapshot', service.snapshot());
        hooks.onEpoch();
      },
      onEnd: (why) => hooks.onEnd(why),
      audited: () => auditing.settled(),
    },
    reign,
    base,
  );
  const leader: Leader = new Leader(
    {
      clock,
      ids,
      log,
      look,
      rules: (state) => inForce.rules(state),
      ledger: ledger,
      ...(takeOver.sound ? {} : { refusal: unsound(takeOver) }),
      participants: () => sessions.participants(),
      present: () => attendance.present(),
      observed: (allocation) => health.observationOf(allocation),
      goneFolders: () => folders.gone,
      onCommitted: (events, before) => {
        auditing.committed(before, events);
        if (events.some(({ kind }) => kind === 'type-added' || kind === 'type-removed')) {
          configuring.project();
        }
        if (events.some(({ kind }) => kind === 'trusted')) {
          sessions.push('snapshot', service.snapshot());
        } else {
          service.committed(events);
        }
      },
    },
    base.state,
  );
  const folders: Folders = new Folders({ clock, log, leader, ...look });
  const suspicion: Suspicion = new Suspicion({ clock, ids, log, leader });
  const firstCheckMs = Math.min(FIRST_CHECK_MS, tools.graceMs);
  const health: HealthMonitor = watching({
    clock,
    log,
    look,
    firstCheckMs,
    leader,
    state: () => leader.state,
    rules: () => inForce.rules(leader.state),
    participants: () => sessions.participants(),
    onChange: (ids) => service.observed(ids),
    onConflict: (allocation, { intruder, process }) =>
      auditing.conflict(allocation, intruder, process),
  });
  const recovery: SystemRecovery = new SystemRecovery({
    clock,
    log,
    leader,
    listeners: look.listeners,
    graceMs: firstCheckMs,
    rules: () => inForce.rules(leader.state),
    epoch: () => ledger.epoch,
    attend: () => attendance.look(),
    deleted: (asked) => folders.deleted(asked),
  });
  const [workspace] = order.self.folders;
  const service: Service = new Service({
    clock,
    log,
    look,
    health,
    state: () => leader.state,
    rules: () => inForce.rules(leader.state),
    configuration: () => inForce.view(leader.state, configuring.problems),
    audit: (query) => auditing.read(query),
    setAutoAllocation: (enabled, caller) => configuring.setAutoAllocation(enabled, caller),
    doctor: () =>
      examine({
        clock,
        status: () => service.status(),
        machine: () => tools.machine.look(parts.door.path),
        audit: (query) => auditing.read(query),
        configuration: () => inForce.view(leader.state, configuring.problems),
        views: async () => (await service.list()).allocations,
        rules: () => inForce.rules(leader.state),
        counters: () => health.counters,
        recovery: () => recovery.report,
      }),
    standing: () => ledger,
    verify: () => ledger.verify(),
    request: (method, params, caller) => leader.request(method, params, caller),
    home: tools.home,
    self: {
      pid: order.self.pid,
      participant: order.self.id,
      kind: order.self.kind,
      label: order.self.label,
      ...(workspace === undefined ? {} : { workspace }),
      since: clock.now(),
    },
    participants: () => sessions.participants(),
    push: (delta) => sessions.push('delta', delta),
    handOver: () => hooks.handOver(),
  });
  const attendance: Attendance = new Attendance({
    clock,
    log,
    leader,
    processes: tools.processes,
    graceMs: tools.graceMs,
    quarantineMs: QUARANTINE_MS,
    participants: () => sessions.participants(),
    observe: () => health.look(),
    isListening: (allocation) => health.isListening(allocation),
    ownServer: (allocation) => health.ownServer(allocation),
    deleted: (asked) => folders.deleted(asked),
  });
  return {
    attendance,
    auditing,
    configuring,
    folders,
    health,
    leader,
    ledger,
    recovery,
    service,
    suspicion,
  };
}
