import { t } from '@vscode/l10n';
import type { Allocation } from '../../core/domain/model';
import type { Plan } from '../../core/domain/plan';
import type { AllocateAnswer, PlanAnswer } from '../../core/messages/requests';
import { seenFromAll } from './sharing';

/** Service name to port. */
export type Ports = ReadonlyMap<string, number>;

/** Each answer with the service it was given for: a shared allocation may be called otherwise. */
export function answersByService(
  plan: Plan,
  { answers, refused }: PlanAnswer,
): ReadonlyMap<string, AllocateAnswer> {
  const without = new Set(refused.map(({ service }) => service));
  const services = [...plan.services.keys()].filter((service) => !without.has(service));
  return new Map(
    services.flatMap((service, at): [string, AllocateAnswer][] => {
      const answer = answers[at];
      return answer === undefined ? [] : [[service, answer]];
    }),
  );
}

export function portsOf(plan: Plan, answer: PlanAnswer): Ports {
  return new Map(
    [...answersByService(plan, answer)].map(([service, { allocation }]) => [
      service,
      allocation.port,
    ]),
  );
}

/** The ports with those that moved since; undefined if none did. What was released stays. */
export function movedPorts(
  ports: Ports,
  workspace: string,
  allocations: readonly Allocation[],
): Ports | undefined {
  const moved = allocations
    .flatMap((allocation) => seenFromAll(allocation))
    .filter((seen) => seen.workspace === workspace)
    .filter(({ service, port }) => ports.has(service) && ports.get(service) !== port)
    .map(({ service, port }) => [service, port] as const);
  return moved.length === 0 ? undefined : new Map([...ports, ...moved]);
}

/** `web 5173, api 8000`. */
export function portsText(ports: Ports): string {
  return [...ports].map(([service, port]) => `${service} ${port}`).join(', ');
}

/** Why services of a plan got no port; empty if all did. */
export function refusalText(folder: string, refused: PlanAnswer['refused']): string {
  const [first, second] = refused;
  if (first === undefined) {
    return '';
  }
  if (second === undefined) {
    return t(
      'The plan of {0} got no port for {1}. {2}',
      folder,
      first.service,
      first.error.message,
    );
  }
  const reasons = refused.map(({ service, error }) => `${service}: ${error.message}`);
  return t(
    'The plan of {0} got no port for {1} services. {2}',
    folder,
    refused.length,
    reasons.join(' '),
  );
}

/** Where services went that had another port before: never a silent shift. Empty if none did. */
export function shiftText(folder: string, plan: Plan, answer: PlanAnswer): string {
  const shifts = [...answersByService(plan, answer)].flatMap(([service, it]) =>
    it.movedFrom === undefined || it.existing
      ? []
      : [t('{0} from {1} to {2}', service, it.movedFrom, it.allocation.port)],
  );
  return shifts.length === 0
    ? ''
    : t('Ports of {0} moved, because others have the old ones: {1}.', folder, shifts.join(', '));
}
