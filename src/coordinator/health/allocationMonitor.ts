/** Layer 2 of one leadership: the health monitor with its looks at the machine. */
import { orphansReleased } from '../../core/allocation/holderChanges';
import type { Allocation, Participant } from '../../core/domain/model';
import type { Clock, Log } from '../../core/host/interfaces';
import type { State } from '../../core/state/state';
import type { Rules } from '../../core/allocation/rules';
import { typeInForce } from '../../core/state/autoTypes';
import { HealthMonitor, type HealthMonitorOptions } from './healthMonitor';
import { ListenerOwners } from '../lookup/listenerOwners';
import type { Recorder } from '../log/commit';
import type { PortLookupTools } from '../lookup/portLookup';

export interface AllocationMonitorOptions extends Pick<
  HealthMonitorOptions,
  'firstCheckMs' | 'onChange' | 'onConflict'
> {
  readonly clock: Clock;
  readonly log: Log;
  readonly look: PortLookupTools;
  /** Absent where nothing is decided: orphans stay. */
  readonly leader?: Recorder;
  state(): State;
  rules(): Rules;
  participants(): readonly Participant[];
}

export function createAllocationMonitor(options: AllocationMonitorOptions): HealthMonitor {
  const { clock, log, look, firstCheckMs, leader, state, rules, participants } = options;
  const { onChange, onConflict } = options;
  const allocations = (): Iterable<Allocation> => state().allocations.values();
  const owners = new ListenerOwners({ clock, log, look, participants, allocations });
  return new HealthMonitor({
    clock,
    log,
    listeners: look.listeners,
    probe: look.health,
    firstCheckMs,
    ownersOf: (allocations, listening) => owners.ofAllocations(allocations, listening),
    settings: () => rules().recovery.healthMonitoring,
    protocolOf: ({ serviceType }) =>
      typeInForce(rules().catalogue, state(), serviceType)?.protocol ?? 'http',
    allocations,
    onChange,
    onConflict,
    release: async (ids) => {
      if (leader === undefined) {
        return 0;
      }
      const listening = await look.listeners.ports();
      const stamp = { at: clock.now(), actor: '', by: 'leader' };
      let released = 0;
      const outcome = await leader.decideAndRecord(() => {
        const events = orphansReleased(leader.state, ids, {
          stamp,
          isListening: ({ port }) => listening.has(port),
          cooldownMs: rules().cooldownMs,
        });
        released = events.length;
        return events;
      });
      if (outcome.kind === 'ended') {
        return 0;
      }
      if (released > 0) {
        log.info(`${released} allocations that nobody held or listened on were released.`);
      }
      return released;
    },
  });
}
