import { refuse, type Decision, type DecisionContext } from './decision';
import { stampOf } from '../state/holders';
import { isRequestId, isServiceTypeName } from '../domain/names';
import { invalidRequestId, stateSuspect } from '../messages/refusals';
import { answered, repeated } from './idempotency';
import type { UndoAnswer, UndoRequest } from '../messages/requests';
import { listAllocations, type State } from '../state/state';
import { invalidServiceType, noAutoType, typeInUse } from '../messages/typeRefusals';

/**
 * Takes back the range of an auto-allocated type, as long as no port of it is held. Refusals:
 * `invalid_argument`, `port_in_use` with the list, `leader_unavailable` while the state needs a resync.
 */
export function decideUndo(
  state: State,
  request: UndoRequest,
  { caller, now }: DecisionContext,
): Decision<UndoAnswer> {
  const { requestId, serviceType } = request;
  if (!isRequestId(requestId)) {
    return refuse(invalidRequestId(requestId));
  }
  if (!isServiceTypeName(serviceType)) {
    return refuse(invalidServiceType(serviceType));
  }
  if (state.needsResync) {
    return refuse(stateSuspect());
  }
  const before = repeated.undo(state, request);
  if (before !== undefined) {
    return before;
  }
  const type = state.types.get(serviceType);
  if (type === undefined) {
    return refuse(noAutoType(serviceType, [...state.types.keys()]));
  }
  const { range } = type;
  const held = listAllocations(state).filter(
    (each) =>
      each.serviceType === serviceType || (each.port >= range.first && each.port <= range.last),
  );
  if (held.length > 0) {
    return refuse(typeInUse(serviceType, held));
  }
  const message = `The range ${range.first}-${range.last} of "${serviceType}" is taken back. Asking for the type again finds a new one.`;
  return answered.undo(request, { serviceType, range, message }, now, [
    { kind: 'type-removed', stamp: stampOf(caller, now), name: serviceType },
  ]);
}
