import { matches } from '../domain/glob';
import { findRange } from './autoRange';
import type { ServiceType } from '../domain/catalogue';
import { type AutoType, serviceTypeOfAuto, type Template } from '../domain/configuration';
import { refuse, type DecisionContext, type Question, type Undecided } from './decision';
import type { AllocateRequest, AutoAllocated } from '../messages/requests';
import { reservedReason, type Rules } from './rules';
import { nearestWord } from '../domain/nearestWord';
import type { State } from '../state/state';
import { typeInForce, typesInForce } from '../state/autoTypes';
import { noRangeLeft, noServiceType, unknownServiceType } from '../messages/typeRefusals';

export type ResolvedType =
  | {
      readonly kind: 'type';
      readonly type: ServiceType;
      /** Nobody declared it: a range was found, which is recorded together with the grant. */
      readonly auto?: { readonly autoType: AutoType; readonly autoAllocated: AutoAllocated };
    }
  | Undecided;

/**
 * The type of a service that has no allocation: the one asked for, which gets a range if nobody
 * declared it; else the one it had last (if it is still in force); else the one of its own name.
 * `invalid_argument` if none of them.
 */
export function resolveServiceType(
  state: State,
  { service, serviceType }: Pick<AllocateRequest, 'service' | 'serviceType'>,
  last: string | undefined,
  context: DecisionContext,
  rules: Rules,
): ResolvedType {
  const known = (name: string | undefined): ServiceType | undefined =>
    name === undefined ? undefined : typeInForce(rules.catalogue, state, name);
  const type = serviceType === undefined ? (known(last) ?? known(service)) : known(serviceType);
  if (type !== undefined) {
    return { kind: 'type', type };
  }
  if (serviceType !== undefined && rules.autoAllocation.enabled) {
    return foundFor(serviceType, state, context, rules);
  }
  const names = typesInForce(rules.catalogue, state).map(({ name }) => name);
  const error =
    serviceType === undefined
      ? noServiceType(service, names, nearestWord(service, names))
      : unknownServiceType(serviceType, names, nearestWord(serviceType, names));
  return refuse(error);
}

/** Computed where it is recorded, so that two unknown types of one moment do not get one range. */
function foundFor(
  name: string,
  state: State,
  { listening, caller, now: at }: DecisionContext,
  rules: Rules,
): ResolvedType {
  if (listening === undefined) {
    return { kind: 'listeners' };
  }
  const { ephemeral, autoAllocation: settings } = rules;
  const found = findRange({
    name,
    settings,
    types: typesInForce(rules.catalogue, state),
    reserved: (port) => reservedReason(rules, port) !== undefined,
    occupied: (port) => state.byPort.has(port) || listening.has(port),
    ...(ephemeral === undefined ? {} : { ephemeral }),
  });
  if (found.kind === 'none') {
    return refuse(noRangeLeft(name, found));
  }
  const { range, placement, chunkSize } = found;
  const autoType: AutoType = { name, range, placement, at, by: caller.label, projected: false };
  const autoAllocated = { serviceType: name, range, chunkSize, placement };
  return { kind: 'type', type: serviceTypeOfAuto(autoType), auto: { autoType, autoAllocated } };
}

/**
 * How far the preferred ports of a type are shifted: by the template that was named, else by the
 * first whose pattern matches the git branch of the workspace, else not at all.
 */
export function templateOffset(
  named: string | undefined,
  workspace: string,
  serviceType: string,
  { branches }: DecisionContext,
  { templates }: Rules,
): number | Question {
  const offsetOf = (template: Template | undefined): number =>
    template?.offsets.get(serviceType) ?? template?.offset ?? 0;
  if (named !== undefined) {
    return offsetOf(templates.get(named));
  }
  const byBranch = [...templates.values()].filter((template) => template.branches.length > 0);
  if (byBranch.length > 0 && !branches.has(workspace)) {
    return { kind: 'branch', workspace };
  }
  const branch = branches.get(workspace);
  return branch === undefined
    ? 0
    : offsetOf(byBranch.find((each) => each.branches.some((pattern) => matches(pattern, branch))));
}
