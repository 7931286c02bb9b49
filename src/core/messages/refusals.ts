/**
 * Every refusal of the engine. Each message says what happened, to what, and what to do next;
 * each `details` carries the same as plain JSON for programs.
 */
import type { PortRange } from '../domain/catalogue';
import {
  describeAllocation,
  describeConflict,
  describeHolders,
  describePair,
  describeProcess,
  describeSome,
  show,
} from '../domain/describe';
import { StyxyError } from '../domain/errors';
import type { Allocation, Conflict, ListeningProcess, Pair } from '../domain/model';
import { MAX_PORT, MIN_PORT, NAME_RULE } from '../domain/names';
import { given } from '../domain/schema';

/** Code `invalid_argument`: a field of a request that no retry will make right. */
export function invalidField(
  field: string,
  value: unknown,
  rule: string,
  next: string,
): StyxyError {
  return new StyxyError('invalid_argument', `${field} ${show(value)} is not ${rule}. ${next}`, {
    details: { field, value: show(value), rule },
  });
}

export function invalidPort(value: unknown): StyxyError {
  return invalidField(
    'port',
    value,
    `a whole number from ${MIN_PORT} to ${MAX_PORT}`,
    'Ask for such a port, or for none to get one chosen.',
  );
}

export function invalidHealth(value: unknown): StyxyError {
  return invalidField(
    'health',
    value,
    'a path that begins with one "/", or a whole http or https URL of localhost',
    'Name such a path, "/healthz" say, or none.',
  );
}

export function invalidServiceName(value: unknown): StyxyError {
  return invalidField('service', value, NAME_RULE, 'Choose a name such as "web" or "api-2".');
}

export function invalidWorkspace(value: unknown): StyxyError {
  return invalidField(
    'workspace',
    value,
    'an absolute path without ".", ".." and control characters',
    'Name the folder by its full path.',
  );
}

export function invalidRequestId(value: unknown): StyxyError {
  return invalidField(
    'requestId',
    value,
    '1 to 128 letters, digits, ".", "_", ":" or "-"',
    'Use a new UUID for each request, and the same one only to repeat it.',
  );
}

export function exactWithoutPort(): StyxyError {
  return new StyxyError(
    'invalid_argument',
    'exact was asked for without a port. Name the port, or leave exact out.',
    { details: { field: 'exact' } },
  );
}

export function requestIdReused(requestId: string, before: string): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `The request id ${requestId} belongs to another request (${before}). Use a new id for each request.`,
    { details: { field: 'requestId', requestId, before } },
  );
}

/** Code `not_holder`: it is shared, and others hold it. */
export function sharedByOthers(allocation: Allocation): StyxyError {
  const { id, port, group, holders } = allocation;
  return new StyxyError(
    'not_holder',
    `Port ${port} ("${group}") is shared, and not held here: ${describeHolders(holders)} hold it. ` +
      `To end it for all of them, run "styxy release ${id} --everyone" or confirm it in the editor.`,
    { details: { id, port, group, holders, confirm: 'release' } },
  );
}

/** Code `invalid_argument`: a plan names each service once. */
export function servicesTwice(service: string): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `The plan names "${service}" twice. Name each service once.`,
    { details: { field: 'services', service } },
  );
}

/** Code of the refusal: a plan is allocated as a whole. */
export function planRefused(service: string, workspace: string, error: StyxyError): StyxyError {
  return new StyxyError(
    error.code,
    `Nothing of the plan of ${workspace} was allocated, because "${service}" cannot be: ${error.message}`,
    { details: { ...error.details, service }, retryable: error.retryable, cause: error },
  );
}

/** `reason` is the end of a sentence: "is reserved (...)". */
export function portReserved(port: number, reason: string): StyxyError {
  return new StyxyError(
    'port_reserved',
    `Port ${port} ${reason}. Ask for another port, or for none to get one chosen.`,
    { details: { port, reason } },
  );
}

export function portForbidden(port: number): StyxyError {
  return portReserved(port, 'cannot be bound: the system keeps it to itself');
}

/** Code `port_in_use`: Styxy gave the port to another pair. */
export function portAllocated(port: number, allocation: Allocation): StyxyError {
  const { workspace, service, holders } = allocation;
  return new StyxyError(
    'port_in_use',
    `Port ${port} is allocated to ${describeAllocation(allocation)}. Release or move it there first, or ask for another port.`,
    { details: { port, workspace, service, holders } },
  );
}

/** Code `port_in_use`: a process listens on the port. */
export function portBusy(port: number, process: ListeningProcess | undefined): StyxyError {
  return new StyxyError(
    'port_in_use',
    `Port ${port} is in use by ${describeProcess(process)}. Stop that process, or ask for another port.`,
    { details: { port, ...given({ process }) } },
  );
}

/** Code `port_in_use`: its last owner moved away and may not have restarted its server yet. */
export function portLeft(
  { port, until }: { readonly port: number; readonly until: number },
  pair: Pair,
  now: number,
): StyxyError {
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  return new StyxyError(
    'port_in_use',
    `${describePair(pair)} moved away from port ${port} a moment ago, and its server may still be there. Ask again in ${seconds} s, or for another port.`,
    { details: { port, pair, until }, retryable: true },
  );
}

/** Code `port_in_use`: the pair has another port than exactly the one it asks for. */
export function hasAnotherPort(allocation: Allocation, asked: number): StyxyError {
  const { id, port: present, workspace, service } = allocation;
  return new StyxyError(
    'port_in_use',
    `${describePair(allocation)} has port ${present} already, so it cannot get ${asked} as well. ${howToMove(allocation, asked)}`,
    { details: { port: asked, present, id, workspace, service } },
  );
}

export function howToMove(allocation: Allocation, port: number): string {
  return `To change it, run "styxy move ${allocation.service} ${port}" there or use Move Port in the editor.`;
}

/** What was found when no candidate was left. */
export interface Exhausted {
  readonly serviceType: string;
  readonly range: PortRange;
  readonly attempts: number;
  readonly conflicts: readonly Conflict[];
  /** Who has the range's ports. */
  readonly allocated: readonly Conflict[];
}

/** Retryable if waiting may help: a process listens now, or just left. */
export function noPortAvailable(pair: Pair, found: Exhausted): StyxyError {
  const { range, serviceType, conflicts, allocated } = found;
  const busy = conflicts.filter(({ reason }) => reason !== 'allocated' && reason !== 'reserved');
  const who = [...busy, ...allocated].map(describeConflict);
  const reasons = who.length === 0 ? 'every port of it is reserved' : describeSome(who);
  return new StyxyError(
    'no_port_available',
    `No port of type ${serviceType} (${range.first}-${range.last}) is left for ${describePair(pair)}: ${reasons}. ` +
      'Release what is not needed ("styxy list" shows it), stop a process, or ask for a port outside the range.',
    { details: { ...found }, retryable: busy.some(({ reason }) => reason !== 'forbidden') },
  );
}

export function invalidTarget(): StyxyError {
  return new StyxyError(
    'invalid_argument',
    'The target must be exactly one of: an id, a port, or a service with its workspace.',
    { details: { field: 'target' } },
  );
}

/** `hint` is whole sentences: what there is instead, and what to do. */
export function allocationNotFound(
  what: string,
  hint: string,
  details: Readonly<Record<string, unknown>>,
): StyxyError {
  return new StyxyError('allocation_not_found', `There is no allocation ${what}. ${hint}`, {
    details,
  });
}

/** Code `not_holder`: it belongs to another workspace, and the user did not confirm. */
export function notHolder(allocation: Allocation, verb: 'release' | 'move'): StyxyError {
  const { id, port, service, workspace } = allocation;
  return new StyxyError(
    'not_holder',
    `Port ${port} is allocated to ${describeAllocation(allocation)}, not to this workspace. ` +
      `To ${verb} it all the same, confirm it in the editor or name it by its id: "styxy ${verb} ${id}".`,
    { details: { id, port, service, workspace, holders: allocation.holders, confirm: verb } },
  );
}

/** Code `leader_unavailable`: granting waits until the windows reported what they hold. */
export function stateSuspect(): StyxyError {
  return new StyxyError(
    'leader_unavailable',
    'The stored state was damaged; the windows are being asked what they hold. Ask again in a few seconds.',
    { details: { suspect: true } },
  );
}
