/** Layer 1: a port that somebody else took after it was allocated, when it is asked for again. */
import type { DecisionContext, Question } from './decision';
import type { StyxyError } from '../domain/errors';
import type { StateEvent } from '../state/events';
import { findPort } from './findPort';
import { stampOf } from '../state/holders';
import type { Allocation, Conflict } from '../domain/model';
import { portBusy } from '../messages/refusals';
import type { AllocateRequest } from '../messages/requests';
import type { Rules } from './rules';
import type { State } from '../state/state';
import { templateOffset } from './template';
import { typeInForce } from '../state/autoTypes';
import { isSameProcess } from '../health/sameProcess';
import { describeIntruder } from '../domain/describe';

/** A new port for an allocation whose own is taken. */
export interface Relocated {
  readonly kind: 'healed';
  readonly event: Extract<StateEvent, { kind: 'moved' }>;
  /** Who has the old port, then what else was busy. */
  readonly conflicts: readonly Conflict[];
  readonly attempts: number;
}

export type Relocation =
  | Relocated
  /** Nobody has it who is proven to be somebody else. */
  | { readonly kind: 'sound' }
  | { readonly kind: 'refuse'; readonly error: StyxyError }
  | Question;

/**
 * Another port for an allocation in state `conflict`, in the order of "How a port is chosen". The
 * process that was seen must still be there. Refusals: `port_in_use` if exactly this port is
 * asked for or planned, and those of `findPort`.
 */
export function relocate(
  state: State,
  allocation: Allocation,
  request: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Relocation {
  const { findings, caller, now } = context;
  const { id, port, group } = allocation;
  const conflict = context.observed?.(allocation);
  const type = typeInForce(rules.catalogue, state, allocation.serviceType);
  const isOn = rules.recovery.portConflict.enabled;
  if (conflict?.state !== 'conflict' || type === undefined || !isOn) {
    return { kind: 'sound' };
  }
  const finding = findings.get(port);
  if (finding === undefined) {
    return { kind: 'probe', candidates: [port], known: true };
  }
  if (finding.kind !== 'busy' || !isSameProcess(finding.process, conflict.process)) {
    return { kind: 'sound' };
  }
  const { workspace, service, planned, template } = request;
  const asked = request.port ?? planned?.port;
  const exact = request.port === undefined ? planned?.exact === true : request.exact === true;
  if (exact && asked === port) {
    return { kind: 'refuse', error: portBusy(port, finding.process) };
  }
  const shift = templateOffset(template, { workspace, serviceType: type.name }, context, rules);
  if (shift.kind === 'refused') {
    return { kind: 'refuse', error: shift.error };
  }
  if (shift.kind !== 'offset') {
    return shift;
  }
  const search = {
    workspace,
    service,
    serviceType: type,
    wishes: [request.port, planned?.port]
      .filter((wish) => wish !== undefined)
      .filter((wish) => wish !== port),
    exact,
    offset: shift.offset,
    ...(group === undefined ? {} : { group }),
  };
  const found = findPort(state, search, context, rules);
  if (found.kind !== 'found') {
    return found;
  }
  const who = describeIntruder(finding.process, conflict.intruder);
  return {
    kind: 'healed',
    event: {
      kind: 'moved',
      stamp: stampOf(caller, now),
      id,
      from: port,
      to: found.port,
      coolUntil: now + rules.cooldownMs,
      note: `port ${port} is in use by ${who}`,
    },
    conflicts: [
      { port, ...(finding.process === undefined ? {} : { process: finding.process }) },
      ...found.conflicts,
    ],
    attempts: found.attempts,
  };
}
