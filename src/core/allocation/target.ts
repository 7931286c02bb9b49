import { describeSome, sentences } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import { isHeldIn, pairKey, type Allocation, type Pair } from '../domain/model';
import { isPort, isServiceName, isWorkspace } from '../domain/names';
import {
  allocationNotFound,
  invalidPort,
  invalidServiceName,
  invalidTarget,
  invalidWorkspace,
  notHolder,
} from '../messages/refusals';
import type { AllocationRef } from '../messages/requests';
import { nearestWord } from '../domain/nearestWord';
import { given } from '../domain/schema';
import { allocationAt, allocationOf, historyOf, type State } from '../state/state';

/** The error for a reference that names nothing, whatever the state. */
export function targetRefusal(target: AllocationRef): StyxyError | undefined {
  const { id, port, service, workspace } = target;
  const ways = [id, port, service ?? workspace].filter((way) => way !== undefined);
  if (ways.length !== 1 || (service === undefined) !== (workspace === undefined)) {
    return invalidTarget();
  }
  if (id !== undefined) {
    return typeof id === 'string' && id.length > 0 && id.length <= 128
      ? undefined
      : invalidTarget();
  }
  if (port !== undefined) {
    return isPort(port) ? undefined : invalidPort(port);
  }
  if (!isServiceName(service)) {
    return invalidServiceName(service);
  }
  return isWorkspace(workspace) ? undefined : invalidWorkspace(workspace);
}

/** A request that changes an allocation. */
export interface Change {
  readonly target: AllocationRef;
  /** The caller's own. */
  readonly workspaces: readonly string[];
  readonly confirmed?: boolean;
}

/**
 * The allocation that a valid reference names, if the caller may change it: from its workspace, with
 * its id, or else after a confirmation. Otherwise `allocation_not_found`, which says what is near, or
 * `not_holder`.
 */
export function findTarget(
  state: State,
  request: Change,
  verb: 'release' | 'move',
): Allocation | StyxyError {
  const found = lookUp(state, request);
  if (found instanceof StyxyError) {
    return found;
  }
  const allowed =
    request.target.id !== undefined ||
    request.workspaces.some((workspace) => isHeldIn(found, workspace)) ||
    request.confirmed === true;
  return allowed ? found : notHolder(found, verb);
}

function lookUp(state: State, { target, workspaces }: Change): Allocation | StyxyError {
  const { id, port, service = '', workspace = '' } = target;
  if (id !== undefined) {
    const hint = 'It may have been released; "styxy list" shows the ids that there are.';
    return state.allocations.get(id) ?? allocationNotFound(`with the id ${id}`, hint, { id });
  }
  if (port !== undefined) {
    return allocationAt(state, port) ?? portNotFound(state, port, workspaces);
  }
  return allocationOf(state, workspace, service) ?? pairNotFound(state, { service, workspace });
}

function portNotFound(state: State, port: number, workspaces: readonly string[]): StyxyError {
  const last = historyOf(state, port).at(-1);
  const own = [...state.allocations.values()]
    .filter((each) => workspaces.some((workspace) => isHeldIn(each, workspace)))
    .map((each) => `${each.port} (${each.service})`);
  const past = last === undefined ? '' : `"${last.service}" in ${last.workspace} had it last. `;
  const here = own.length === 0 ? '' : `Allocated here: ${describeSome(own, 5)}. `;
  const hint = `${past}${here}"styxy list" shows all.`;
  return allocationNotFound(`on port ${port}`, hint, { port, allocated: own });
}

function pairNotFound(state: State, { service, workspace }: Pair): StyxyError {
  const services = [...state.allocations.values()]
    .filter((each) => isHeldIn(each, workspace))
    .map((each) => each.service);
  const meant = nearestWord(service, services);
  const last = state.memory.get(pairKey({ workspace, service }));
  const hint = sentences(
    last && `It had port ${last.port} and was released.`,
    meant !== undefined && `Did you mean "${meant}"?`,
    services.length === 0
      ? 'Nothing is allocated in that workspace; "styxy list" shows what is elsewhere.'
      : `Allocated there: ${describeSome(services, 5)}.`,
  );
  const details = { service, workspace, services, ...given({ meant }) };
  return allocationNotFound(`of "${service}" in ${workspace}`, hint, details);
}
