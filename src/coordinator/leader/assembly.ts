/** The parts of one leadership, put together. */
import type { Ending } from '../../core/election/types';
import { COOLDOWN_MS } from '../../core/allocation/rules';
import { HolderTracker } from '../membership/holderTracker';
import { AuditWriter } from './auditWriter';
import { ConfigSync } from '../configuration/configSync';
import { diagnose } from './doctor';
import { FolderTracker } from '../membership/folderTracker';
import { FIRST_CHECK_MS, HealthMonitor } from '../health/healthMonitor';
import { ActiveConfiguration } from '../configuration/activeConfiguration';
import { CommitQueue } from './commitQueue';
import type { LeadershipParts } from './leadershipParts';
import { DurableLog } from './durableLog';
import { Queries } from './queries';
import { Resync } from '../recovery/resync';
import { StartupRepair } from '../recovery/startupRepair';
import { unsound } from '../recovery/takeoverReport';

/** Each does one thing; they know each other by what they are given here. */
export interface Works {
  readonly attendance: HolderTracker;
  readonly auditing: AuditWriter;
  readonly configuring: ConfigSync;
  readonly folders: FolderTracker;
  readonly health: HealthMonitor;
  readonly leader: CommitQueue;
  readonly ledger: DurableLog;
  readonly recovery: StartupRepair;
  readonly service: Queries;
  readonly suspicion: Resync;
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
  const auditing: AuditWriter = new AuditWriter({
    ...tools,
    place: () => ({ epoch: ledger.epoch, seq: ledger.seq }),
    verify: () => ledger.verify(),
  });
  const inForce = new ActiveConfiguration({
    log,
    ephemeral: tools.ephemeral,
    path: tools.config.path,
  });
  const configuring: ConfigSync = new ConfigSync({
    store: tools.config,
    active: inForce,
    clock,
    log,
    leader: () => leader,
    verify: () => ledger.verify(),
    onChange: () => service.configurationChanged(),
  });
  const ledger: DurableLog = new DurableLog(
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
  const leader: CommitQueue = new CommitQueue(
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
  const folders: FolderTracker = new FolderTracker({ clock, log, leader, ...look });
  const suspicion: Resync = new Resync({ clock, ids, log, leader });
  const firstCheckMs = Math.min(FIRST_CHECK_MS, tools.graceMs);
  const health: HealthMonitor = new HealthMonitor({
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
  const recovery: StartupRepair = new StartupRepair({
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
  const service: Queries = new Queries({
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
      diagnose({
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
  const attendance: HolderTracker = new HolderTracker({
    clock,
    log,
    leader,
    processes: tools.processes,
    graceMs: tools.graceMs,
    cooldownMs: COOLDOWN_MS,
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
