import type { Search } from './candidates';
import type { DecisionContext, Decision } from './decision';
import {
  allocatedMessage,
  describeConflict,
  describePair,
  describeProcess,
} from '../domain/describe';
import type { StateEvent } from '../state/events';
import { findPort, type Found } from './findPort';
import { holderOf, stampOf } from '../state/holders';
import { pairKey, type Allocation } from '../domain/model';
import { planNoteOf } from '../domain/planNote';
import { answered } from './idempotency';
import type { AllocateAnswer, AllocateRequest } from '../messages/requests';
import type { Rules } from './rules';
import { sharedOf } from '../domain/singleton';
import type { State } from '../state/state';

/**
 * Gives a pair without an allocation the port that is found for it. Refusals and questions are
 * those of `findPort`.
 */
export function grant(
  state: State,
  request: AllocateRequest,
  search: Search,
  context: DecisionContext,
  rules: Rules,
): Decision<AllocateAnswer> {
  const found = findPort(state, search, context, rules);
  return found.kind === 'found' ? granted(request, search, found, state, context) : found;
}

function granted(
  request: AllocateRequest,
  search: Search,
  { port, conflicts: seen, attempts, process }: Found,
  state: State,
  { caller, now, newId }: DecisionContext,
): Decision<AllocateAnswer> {
  const { workspace, service, group, found, told } = search;
  const { planned } = request;
  const stamp = stampOf(caller, now);
  const last = state.memory.get(pairKey(workspace, service))?.port;
  // Another port than last time, which nobody asked for: never silently.
  const wanted = last === port || request.port === port || planned?.port === port;
  const movedFrom = wanted ? undefined : last;
  const allocation: Allocation = {
    id: newId(0),
    port,
    serviceType: search.serviceType.name,
    service,
    workspace,
    holders: [holderOf(caller, now, group === undefined ? undefined : search)],
    allocatedAt: now,
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(group === undefined ? {} : { group }),
    ...(planned === undefined ? {} : { planned: planNoteOf(planned) }),
  };
  const shared = sharedOf(allocation);
  const wish = planned?.port === port ? undefined : planned?.port;
  const conflicts = seen.filter((conflict) => conflict.port !== port);
  const reasonOf = (wish: number): string => {
    const conflict = conflicts.find((each) => each.port === wish);
    return conflict === undefined ? 'it is not available' : describeConflict(conflict);
  };
  const sentences = [
    movedFrom === undefined
      ? allocatedMessage(allocation, false)
      : `${describePair(search)} moved from ${movedFrom} to ${port}: ${reasonOf(movedFrom)}.`,
    ...(process === undefined
      ? []
      : [`Its own server listens there already: ${describeProcess(process)}.`]),
    ...(request.port === undefined || request.port === port
      ? []
      : [`${request.port} was asked for, but ${reasonOf(request.port)}.`]),
    ...(wish === undefined ? [] : [`Its plan names ${wish}, but ${reasonOf(wish)}.`]),
    ...(told === undefined
      ? []
      : [
          `Nobody had declared the type ${told.serviceType}: it has the range ${told.range.first}-${told.range.last} now.`,
        ]),
  ];
  const answer: AllocateAnswer = {
    allocation,
    existing: false,
    ...(process === undefined ? {} : { adopted: true }),
    ...(shared === undefined ? {} : { shared }),
    ...(told === undefined ? {} : { autoAllocated: told }),
    ...(wish === undefined ? {} : { wish }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
    conflicts,
    attempts,
    message: sentences.join(' '),
  };
  const events: readonly StateEvent[] = [
    ...(found === undefined ? [] : [{ kind: 'type-added', stamp, type: found } as const]),
    { kind: 'granted', stamp, allocation },
  ];
  return answered.allocate(request, answer, now, events);
}
