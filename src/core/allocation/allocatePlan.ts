import { decideAllocate } from './allocate';
import { apply } from '../state/apply';
import { refuse, type Decision, type DecisionContext, type Question } from './decision';
import type { StyxyError } from '../domain/errors';
import type { StateEvent } from '../state/events';
import { isRequestId } from '../domain/names';
import { invalidRequestId, planRefused, servicesTwice, stateSuspect } from '../messages/refusals';
import type {
  AllocateAnswer,
  AllocateRequest,
  PlanAnswer,
  PlanRequest,
  PlanRequestService,
} from '../messages/requests';
import { given } from '../domain/schema';
import type { Rules } from './rules';
import type { State } from '../state/state';

/**
 * All services of a plan in one commit. Those with ports of their own are decided first, and no
 * other service of the plan gets these, even while their own has another. Each is recorded as a
 * request of its own, numbered after the plan's: asking again gives the same answers.
 *
 * Refusals: those of `decideAllocate`, for the first service that is refused; with `partial` only
 * `invalid_argument`, and `leader_unavailable` while the state needs a resync.
 */
export function decideAllocatePlan(
  state: State,
  request: PlanRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<PlanAnswer> {
  const refusal = planRefusal(request);
  if (refusal !== undefined || state.needsResync) {
    return refuse(refusal ?? stateSuspect());
  }
  const order = request.services
    .map((service, index) => ({ service, index }))
    .sort((a, b) => urgency(a.service) - urgency(b.service) || a.index - b.index);
  const answers = new Map<number, AllocateAnswer>();
  const refused = new Map<number, PlanAnswer['refused'][number]>();
  const events: StateEvent[] = [];
  let draft = state;
  for (const { service, index } of order) {
    const own = { ...context, newId: () => context.newId(index) };
    const decision = decideAllocate(
      draft,
      requestOf(request, service, index),
      own,
      keepingOthers(rules, request.services, service),
    );
    switch (decision.kind) {
      case 'answer':
        answers.set(index, decision.answer);
        draft = decision.events.reduce(apply, draft);
        events.push(...decision.events);
        break;
      case 'refuse':
        if (request.partial !== true) {
          const error = planRefused(service.service, request.workspace, decision.error);
          return { kind: 'refuse', error };
        }
        refused.set(index, { service: service.service, error: decision.error.toJSON() });
        break;
      case 'probe':
      case 'listeners':
      case 'branch':
        return decision satisfies Question;
    }
  }
  const answer = { answers: inOrder(answers), refused: inOrder(refused) };
  return { kind: 'answer', answer, events };
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
export function planRefusal({ requestId, services }: PlanRequest): StyxyError | undefined {
  // Each service is asked for under a longer id.
  if (!isRequestId(requestId) || !isRequestId(`${requestId}.${services.length}`)) {
    return invalidRequestId(requestId);
  }
  const names = services.map(({ service }) => service);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : servicesTwice(twice);
}

function urgency({ port, exact }: PlanRequestService): number {
  return port === undefined ? 2 : exact === true ? 0 : 1;
}

/** The rules for one service of a plan: the ports that the others name are reserved. */
function keepingOthers(
  rules: Rules,
  services: readonly PlanRequestService[],
  { port: own }: PlanRequestService,
): Rules {
  const reservations = new Map(rules.reservations);
  for (const { port, service } of services) {
    if (port !== undefined && port !== own && !reservations.has(port)) {
      reservations.set(port, `the plan names it for "${service}"`);
    }
  }
  return { ...rules, reservations };
}

function requestOf(
  { requestId, workspace, template }: PlanRequest,
  { service, serviceType, ...planned }: PlanRequestService,
  index: number,
): AllocateRequest {
  return {
    requestId: `${requestId}.${index}`,
    workspace,
    service,
    ...given({ serviceType, template }),
    planned,
  };
}

function inOrder<T>(byIndex: ReadonlyMap<number, T>): readonly T[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
