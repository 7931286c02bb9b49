import type { StyxyError } from '../domain/errors';
import type { Allocation, AllocationView, Conflict, Observation } from '../domain/model';
import type { Health } from '../health/allocationHealth';
import { isPort, isTcpPort, MAX_PORT, MIN_PORT } from '../domain/names';
import { given } from '../domain/schema';
import type { AddressFinding, Listener } from '../host/interfaces';
import { invalidField } from '../messages/refusals';
import type { InspectAnswer, InspectRequest } from '../messages/requests';
import { reservedReason, type Rules } from './rules';
import { allocationAt, historyOf, type State } from '../state/state';
import { typesInForce } from '../state/autoTypes';

/** What one look at a port found. */
export interface PortLook {
  /** Milliseconds since the Unix epoch. */
  readonly checkedAt: number;
  readonly addresses: readonly AddressFinding[];
  /** Listeners on any port; those on others are left out. */
  readonly listeners: readonly Listener[];
  /** What is known of the allocation; without it, the state follows from the listeners. */
  readonly health?: Pick<Health, 'observation' | 'history'>;
}

/** `invalid_argument` unless it is a TCP port; ones that Styxy never gives may be looked at too. */
export function inspectRefusal({ port }: InspectRequest): StyxyError | undefined {
  return isTcpPort(port)
    ? undefined
    : invalidField('port', port, `a whole number from 1 to ${MAX_PORT}`, 'Name one port.');
}

/** All that Styxy and the machine know of a valid port. */
export function inspectPort(
  state: State,
  { port }: InspectRequest,
  look: PortLook,
  rules: Rules,
): InspectAnswer {
  const listeners = listenersOn(port, look.listeners);
  const allocation = allocationAt(state, port);
  const reserved = isPort(port)
    ? reservedReason(rules, port)
    : `is below ${MIN_PORT}, where ports need privileges`;
  return {
    port,
    ...given({ allocation: allocation && view(allocation, look.health?.observation, listeners) }),
    addresses: look.addresses,
    listeners,
    history: historyOf(state, port),
    ...given({ health: look.health?.history, reserved: reserved && `Port ${port} ${reserved}.` }),
    serviceTypes: typesInForce(rules.catalogue, state)
      .filter(({ range }) => port >= range.first && port <= range.last)
      .map(({ name }) => name),
    checkedAt: look.checkedAt,
  };
}

/** Each process once, although it may listen on several addresses. */
function listenersOn(port: number, listeners: readonly Listener[]): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  const seen = new Set<number | undefined>();
  for (const { port: on, process } of listeners) {
    if (on === port && !seen.has(process?.pid)) {
      seen.add(process?.pid);
      conflicts.push({ port, ...given({ process }) });
    }
  }
  return conflicts;
}

function view(
  allocation: Allocation,
  observation: Observation | undefined,
  listeners: readonly Conflict[],
): AllocationView {
  const [listener] = listeners;
  const state = listener === undefined ? 'reserved' : 'listening';
  return { ...allocation, ...(observation ?? { state, ...given({ process: listener?.process }) }) };
}
