/**
 * What `--json` prints. Times are ISO 8601 strings in UTC: a script reads them without having to
 * guess a unit, they sort as text, and every language parses them. (Inside, and on the wire, times
 * are milliseconds.) A field that is undefined here is absent there.
 */
import {
  type Allocation,
  type Conflict,
  type HealthSample,
  type Holder,
  type ListeningProcess,
  type Observation,
  pairHeld,
} from '../../core/domain/model';
import type { AllocateAnswer, InspectAnswer, StatusAnswer } from '../../core/messages/requests';
import { sharedOf } from '../../core/domain/singleton';
import { isoTime } from '../run/text';

export type AllocationJson = ReturnType<typeof allocationJson>;

/** With what only the answer to `allocate` knows, if this is one. */
export function allocationJson(allocation: Allocation & Observation, grant?: AllocateAnswer) {
  const { id, port, serviceType, service, workspace, state, intruder, health } = allocation;
  const shared = sharedOf(allocation);
  return {
    id,
    port,
    serviceType,
    service,
    workspace,
    state,
    existing: grant?.existing,
    // In the answer to a grant it tells what this request changed, not what once was.
    movedFrom: (grant ?? allocation).movedFrom,
    holders: allocation.holders.map((holder) => holderJson(allocation, holder)),
    process: processJson(allocation.process),
    intruder,
    health,
    allocatedAt: isoTime(allocation.allocatedAt),
    // Of what the machine has only one: whose it is, which is who has held it longest.
    shared: shared && {
      group: shared.group,
      workspace: shared.workspace,
      service: shared.service,
      holder: shared.holder && holderJson(allocation, shared.holder),
      since: isoTime(shared.since),
      holders: shared.holders,
    },
    autoAllocated: grant?.autoAllocated,
    wish: grant?.wish,
    conflicts: grant?.conflicts.map(conflictJson),
    attempts: grant?.attempts,
  };
}

/** Of a shared allocation also for which workspace. */
function holderJson(allocation: Allocation, holder: Holder) {
  const { kind, label, pid, since } = holder;
  const workspace =
    allocation.group === undefined ? undefined : pairHeld(allocation, holder).workspace;
  return { kind, label, pid, since: isoTime(since), workspace };
}

/** `reason` is absent when somebody listens on the port; `pair` is whose the port is or just was. */
function conflictJson({ port, process, reason, pair }: Conflict) {
  return {
    port,
    process: processJson(process),
    reason,
    pair: pair && { workspace: pair.workspace, service: pair.service },
  };
}

function processJson(process: ListeningProcess | undefined) {
  if (process === undefined) {
    return undefined;
  }
  const { pid, command, cwd, startedAt } = process;
  return { pid, command, cwd, startedAt: startedAt === undefined ? undefined : isoTime(startedAt) };
}

/** What was seen of an allocation, each look with its reason in a few English words; oldest first. */
export function observationsJson(samples: readonly HealthSample[]) {
  return samples.map(({ at, state, reason }) => ({ at: isoTime(at), state, reason }));
}

/** `inspect` of a port that Styxy did not allocate; it has no `id`. */
export function unallocatedJson(answer: InspectAnswer) {
  const process = answer.listeners.find((listener) => listener.process !== undefined)?.process;
  return {
    port: answer.port,
    state: unallocatedState(answer),
    reason: answer.reserved,
    process: processJson(process),
    /** Types whose range contains the port. */
    serviceTypes: answer.serviceTypes,
  };
}

/** `refused`: nobody listens, but Styxy never gives it. */
export function unallocatedState(answer: InspectAnswer): 'free' | 'in_use' | 'refused' {
  const busy = answer.addresses.some((finding) => finding.result === 'busy');
  if (busy || answer.listeners.length > 0) {
    return 'in_use';
  }
  const forbidden = answer.addresses.some((finding) => finding.result === 'forbidden');
  return answer.reserved !== undefined || forbidden ? 'refused' : 'free';
}

export type StatusJson = ReturnType<typeof statusJson>;

/** `self` is this run's participant id: who asks is not part of the answer. */
export function statusJson(status: StatusAnswer, self: string) {
  const others = status.participants.filter(({ id }) => id !== self);
  const running =
    status.leader.participant !== self || others.some((other) => other.kind !== 'cli');
  const { pid, kind, workspace } = status.leader;
  return {
    running,
    epoch: status.epoch,
    leader: running ? { pid, kind, workspace } : null,
    participants: others.map(({ pid, kind, label, folders: [folder] }) => {
      return { pid, kind, label, workspace: folder };
    }),
  };
}
