import { matches } from '../domain/glob';
import { findRange } from './autoRange';
import type { ServiceType } from '../domain/catalogue';
import { type AutoType, serviceTypeOfAuto, type Template } from '../domain/configuration';
import type { DecisionContext, Question } from './decision';
import type { StyxyError } from '../domain/errors';
import type { AllocateRequest, AutoAllocated } from '../messages/requests';
import { reservedReason, type Rules } from './rules';
import { nearestWord } from '../domain/nearestWord';
import type { State } from '../state/state';
import { typeInForce, typesInForce } from '../state/autoTypes';
import {
  noRangeLeft,
  noServiceType,
  unknownServiceType,
  unknownTemplate,
} from '../messages/typeRefusals';

export type ResolvedType =
  | { readonly kind: 'type'; readonly type: ServiceType }
  /** Nobody declared it: a range was found, which is recorded together with the grant. */
  | {
      readonly kind: 'found';
      readonly type: ServiceType;
      readonly found: AutoType;
      readonly told: AutoAllocated;
    }
  | { readonly kind: 'refused'; readonly error: StyxyError }
  | Question;

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
  return { kind: 'refused', error };
}

/** Computed where it is recorded, so that two unknown types of one moment do not get one range. */
function foundFor(
  name: string,
  state: State,
  { listening, caller, now }: DecisionContext,
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
    return { kind: 'refused', error: noRangeLeft(name, found) };
  }
  const { range, placement, chunkSize } = found;
  const type: AutoType = { name, range, placement, at: now, by: caller.label, projected: false };
  return {
    kind: 'found',
    type: serviceTypeOfAuto(type),
    found: type,
    told: { serviceType: name, range, chunkSize, placement },
  };
}

export type ChosenOffset =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'refused'; readonly error: StyxyError }
  | Question;

/**
 * How far the preferred ports of a type are shifted: by the template that was named, else by the
 * first whose pattern matches the git branch of the workspace, else not at all.
 */
export function templateOffset(
  named: string | undefined,
  { workspace, serviceType }: { readonly workspace: string; readonly serviceType: string },
  { branches }: DecisionContext,
  { templates }: Rules,
): ChosenOffset {
  if (named !== undefined) {
    const template = templates.get(named);
    return template === undefined
      ? { kind: 'refused', error: unknownTemplate(named, [...templates.keys()]) }
      : { kind: 'offset', offset: offsetOf(template, serviceType) };
  }
  const byBranch = [...templates.values()].filter((template) => template.branches.length > 0);
  if (byBranch.length === 0) {
    return { kind: 'offset', offset: 0 };
  }
  if (!branches.has(workspace)) {
    return { kind: 'branch', workspace };
  }
  const branch = branches.get(workspace);
  const template =
    branch === undefined
      ? undefined
      : byBranch.find((each) => each.branches.some((pattern) => matches(pattern, branch)));
  return {
    kind: 'offset',
    offset: template === undefined ? 0 : offsetOf(template, serviceType),
  };
}

function offsetOf({ offset, offsets }: Template, serviceType: string): number {
  return offsets.get(serviceType) ?? offset;
}
