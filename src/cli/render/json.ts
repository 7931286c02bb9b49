import { pairHeld } from '../../core/domain/model';
import type {
  Allocation,
  AllocationState,
  Conflict,
  HealthReport,
  HealthSample,
  Holder,
  Intruder,
  ListeningProcess,
  Observation,
  Shared,
} from '../../core/domain/model';
import type { AutoAllocated, InspectAnswer, StatusAnswer } from '../../core/messages/requests';
import { sharedOf } from '../../core/domain/singleton';
import { isoTime } from '../run/time';

/**
 * What `--json` prints. Times are ISO 8601 strings in UTC: a script reads them without having to
 * guess a unit, they sort as text, and every language parses them. (Inside, and on the wire, times
 * are milliseconds.)
 */
export interface AllocationJson {
  readonly id: string;
  readonly port: number;
  readonly serviceType: string;
  readonly service: string;
  readonly workspace: string;
  readonly state: AllocationState;
  readonly existing?: boolean;
  readonly movedFrom?: number;
  readonly holders: readonly HolderJson[];
  readonly process?: ProcessJson;
  /** Of `conflict`: whose the listener is. */
  readonly intruder?: Intruder;
  /** Of `listening`, where the plan names a check and as far as it was made. */
  readonly health?: HealthReport;
  readonly allocatedAt: string;
  readonly shared?: SharedJson;
  readonly autoAllocated?: AutoAllocated;
  /** The port that the plan names and that could not be given. */
  readonly wish?: number;
  readonly conflicts?: readonly ConflictJson[];
  readonly attempts?: number;
}

/** Of what the machine has only one: whose it is, which is who has held it longest. */
interface SharedJson {
  readonly group: string;
  readonly workspace: string;
  readonly service: string;
  readonly holder?: HolderJson;
  readonly since: string;
  readonly holders: number;
}

interface HolderJson {
  readonly kind: string;
  readonly label: string;
  readonly pid: number;
  readonly since: string;
  /** Of a shared allocation: for which workspace. */
  readonly workspace?: string;
}

/** Fields that the OS did not tell are absent. */
interface ProcessJson {
  readonly pid?: number;
  readonly command?: string;
  readonly cwd?: string;
  readonly startedAt?: string;
}

interface ConflictJson {
  readonly port: number;
  readonly process?: ProcessJson;
  /** Absent when somebody listens on the port. */
  readonly reason?: string;
  /** Whose the port is or just was. */
  readonly pair?: { readonly workspace: string; readonly service: string };
}

/** `inspect` of a port that Styxy gave to nobody; it has no `id`. */
export interface UnallocatedJson {
  readonly port: number;
  /** `refused`: nobody listens, but Styxy never gives it, see `reason`. */
  readonly state: 'free' | 'in_use' | 'refused';
  readonly reason?: string;
  readonly process?: ProcessJson;
  /** Types whose range contains the port. */
  readonly serviceTypes: readonly string[];
}

export interface ParticipantJson {
  readonly pid: number;
  readonly kind: string;
  readonly label: string;
  readonly workspace?: string;
}

export interface StatusJson {
  /** Whether anyone beside this run takes part. */
  readonly running: boolean;
  readonly epoch: number;
  /** `null` when nothing is running. */
  readonly leader: { pid: number; kind: string; workspace?: string } | null;
  readonly participants: readonly ParticipantJson[];
}

/** What was seen of an allocation at one look. */
export interface ObservationJson {
  readonly at: string;
  readonly state: AllocationState;
  /** In a few English words. */
  readonly reason?: string;
}

/** What only the answer to `allocate` knows. */
export interface GrantFacts {
  readonly existing: boolean;
  readonly movedFrom?: number;
  readonly autoAllocated?: AutoAllocated;
  readonly wish?: number;
  readonly conflicts: readonly Conflict[];
  readonly attempts: number;
}

export function allocationJson(
  allocation: Allocation & Observation,
  grant?: GrantFacts,
): AllocationJson {
  // In the answer to a grant it tells what this request changed, not what once was.
  const { movedFrom } = grant ?? allocation;
  const shared = sharedOf(allocation);
  return {
    id: allocation.id,
    port: allocation.port,
    serviceType: allocation.serviceType,
    service: allocation.service,
    workspace: allocation.workspace,
    state: allocation.state,
    ...(grant === undefined ? {} : { existing: grant.existing }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
    holders: allocation.holders.map((holder) => holderJson(allocation, holder)),
    ...withProcess(allocation.process),
    ...(allocation.intruder === undefined ? {} : { intruder: allocation.intruder }),
    ...(allocation.health === undefined ? {} : { health: allocation.health }),
    allocatedAt: isoTime(allocation.allocatedAt),
    ...(shared === undefined ? {} : { shared: sharedJson(allocation, shared) }),
    ...(grant === undefined
      ? {}
      : {
          ...(grant.autoAllocated === undefined ? {} : { autoAllocated: grant.autoAllocated }),
          ...(grant.wish === undefined ? {} : { wish: grant.wish }),
          conflicts: grant.conflicts.map(conflictJson),
          attempts: grant.attempts,
        }),
  };
}

function holderJson(allocation: Allocation, holder: Holder): HolderJson {
  const { kind, label, pid, since } = holder;
  return {
    kind,
    label,
    pid,
    since: isoTime(since),
    ...(allocation.group === undefined
      ? {}
      : { workspace: pairHeld(allocation, holder).workspace }),
  };
}

function sharedJson(allocation: Allocation, shared: Shared): SharedJson {
  const { group, workspace, service, holder, since, holders } = shared;
  return {
    group,
    workspace,
    service,
    ...(holder === undefined ? {} : { holder: holderJson(allocation, holder) }),
    since: isoTime(since),
    holders,
  };
}

/** Oldest first. */
export function observationsJson(samples: readonly HealthSample[]): readonly ObservationJson[] {
  return samples.map(({ at, state, reason }) => ({
    at: isoTime(at),
    state,
    ...(reason === undefined ? {} : { reason }),
  }));
}

export function unallocatedJson(answer: InspectAnswer): UnallocatedJson {
  const process = answer.listeners.find((listener) => listener.process !== undefined)?.process;
  return {
    port: answer.port,
    state: unallocatedState(answer),
    ...(answer.reserved === undefined ? {} : { reason: answer.reserved }),
    ...withProcess(process),
    serviceTypes: answer.serviceTypes,
  };
}

export function unallocatedState(answer: InspectAnswer): UnallocatedJson['state'] {
  const busy = answer.addresses.some((finding) => finding.result === 'busy');
  if (busy || answer.listeners.length > 0) {
    return 'in_use';
  }
  const forbidden = answer.addresses.some((finding) => finding.result === 'forbidden');
  return answer.reserved !== undefined || forbidden ? 'refused' : 'free';
}

/** `self` is this run's participant id: who asks is not part of the answer. */
export function statusJson(status: StatusAnswer, self: string): StatusJson {
  const others = status.participants.filter(({ id }) => id !== self);
  const running =
    status.leader.participant !== self || others.some((other) => other.kind !== 'cli');
  const { pid, kind, workspace } = status.leader;
  return {
    running,
    epoch: status.epoch,
    leader: running ? { pid, kind, ...(workspace === undefined ? {} : { workspace }) } : null,
    participants: others.map((other) => {
      const [folder] = other.folders;
      return {
        pid: other.pid,
        kind: other.kind,
        label: other.label,
        ...(folder === undefined ? {} : { workspace: folder }),
      };
    }),
  };
}

function conflictJson({ port, process, reason, pair }: Conflict): ConflictJson {
  return {
    port,
    ...withProcess(process),
    ...(reason === undefined ? {} : { reason }),
    ...(pair === undefined ? {} : { pair: { workspace: pair.workspace, service: pair.service } }),
  };
}

function withProcess(process: ListeningProcess | undefined): { process?: ProcessJson } {
  if (process === undefined) {
    return {};
  }
  const { pid, command, cwd, startedAt } = process;
  return {
    process: {
      ...(pid === undefined ? {} : { pid }),
      ...(command === undefined ? {} : { command }),
      ...(cwd === undefined ? {} : { cwd }),
      ...(startedAt === undefined ? {} : { startedAt: isoTime(startedAt) }),
    },
  };
}
