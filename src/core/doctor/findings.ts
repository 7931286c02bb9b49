/** What the doctor finds: each with what to do next. */
import { describeProblem } from '../config/readConfiguration';
import type { PortRange } from '../domain/catalogue';
import { describeHolders, describeIntruder, rangeText } from '../domain/describe';
import type { StyxyError, StyxyErrorCode } from '../domain/errors';
import type { AllocationView } from '../domain/model';
import type { MachineFacts } from '../host/interfaces';
import type { DoctorAnswer, Finding } from '../messages/doctorReport';
import type { RecoveryStep, RecoveryStepName } from '../messages/recoveryReport';

type Facts = Omit<DoctorAnswer, 'findings'>;

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** The worst first; empty when all is well. */
export function findings(facts: Facts): readonly Finding[] {
  const { conflicts, unhealthy, orphans } = facts;
  return worstFirst([
    ...storage(facts),
    ...facts.recovery.steps.flatMap((step) => [...recovery(step)]),
    ...configuration(facts),
    ...versions(facts),
    ...failovers(facts),
    ...machineFindings(facts.machine, facts.types),
    ...capped(conflicts.map(conflict), (more) =>
      warning('conflict', `${more} more ports are in use by somebody else.`, LIST),
    ),
    ...capped(unhealthy.map(failing), (more) =>
      warning('health', `${more} more services fail their health checks.`, LIST),
    ),
    ...capped(
      orphans.map((view) => orphan(view, facts)),
      (more) => info('orphan', `${more} more ports are held by nobody.`, LIST),
    ),
  ]);
}

/** What is found where no leader answers: why that is, and what the machine tells. */
export function findingsWithoutLeader(
  { code, message }: StyxyError,
  machine: DoctorAnswer['machine'] | undefined,
): readonly Finding[] {
  const todo = 'Do what it says, then run the doctor again. Nothing is allocated meanwhile.';
  const found = machine === undefined ? [] : worstFirst([...machineFindings(machine, [])]);
  // The same refusal, seen from the other side.
  const isTold = (finding: Finding): boolean =>
    finding.severity === 'error' && finding.about === 'permissions' && finding.code === code;
  return [failure('leader', code, message, todo), ...found.filter((finding) => !isTold(finding))];
}

function worstFirst(found: readonly Finding[]): readonly Finding[] {
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return [...found].sort((a, b) => rank(a) - rank(b));
}

function failure(
  about: Finding['about'],
  code: StyxyErrorCode,
  what: string,
  todo: string,
): Finding {
  return { severity: 'error', about, code, what, todo };
}

function warning(about: Finding['about'], what: string, todo: string): Finding {
  return { severity: 'warning', about, what, todo };
}

function info(about: Finding['about'], what: string, todo: string): Finding {
  return { severity: 'info', about, what, todo };
}

const SHOWN = 20;

/** At most 20 findings of one kind, and then one that says how many were left out. */
function capped(all: readonly Finding[], rest: (more: number) => Finding): readonly Finding[] {
  return all.length <= SHOWN ? all : [...all.slice(0, SHOWN), rest(all.length - SHOWN)];
}

function* storage({ status: { storage } }: Facts): Iterable<Finding> {
  if (!storage.ok) {
    const what = storage.problem ?? 'The disk refuses to store answers.';
    const todo = 'Make room or repair the disk; Styxy tries again by itself.';
    yield failure('storage', 'storage_unavailable', what, todo);
  }
}

/** Releasing what had no holder is a repair too, but nothing was broken. */
const DAMAGES: ReadonlySet<RecoveryStepName> = new Set(['state', 'configuration', 'indices']);

function* recovery({ step, result, what, kept = [] }: RecoveryStep): Iterable<Finding> {
  const told = `Recovery of ${step}: ${what}`;
  const copies =
    kept.length === 0
      ? ''
      : ` Keep the damaged copies for a report, or delete them: ${kept.join(', ')}.`;
  if (result === 'failed') {
    const code = DAMAGES.has(step) ? 'storage_corrupt' : 'internal';
    const todo = `The log says why. "Styxy: Hand Over Leadership" makes the next leader try again.${copies}`;
    yield failure('recovery', code, told, todo);
  } else if (result === 'repaired' && step !== 'configuration') {
    // A broken config.json has findings of its own, with what would be right.
    yield DAMAGES.has(step)
      ? warning(
          'recovery',
          told,
          `Nothing has to be done. If it comes again, check the disk.${copies}`,
        )
      : info('recovery', told, 'Nothing has to be done.');
  }
}

function configuration({ configuration: { path, problems } }: Facts): readonly Finding[] {
  const about = 'configuration';
  const all = problems.map((problem) => {
    const what = describeProblem(problem, path);
    const line = '"styxy config validate" tells the line.';
    return problem.severity === 'error'
      ? failure(
          about,
          'invalid_config',
          what,
          `Correct it and save; until then what was read before stays in force. ${line}`,
        )
      : warning(about, what, `It works, but most likely not as it is meant. ${line}`);
  });
  return capped(all, (more) =>
    warning(
      about,
      `${path}: there are ${more} more problems.`,
      '"styxy config validate" tells all of them.',
    ),
  );
}

function versions({ status: { participants, leader } }: Facts): readonly Finding[] {
  const leading = participants.find(({ id }) => id === leader.participant);
  if (leading === undefined) {
    return [];
  }
  const todo =
    'Reload the older window, or restart the older daemon: it then runs what is installed.';
  const all = participants
    .filter(({ version }) => version !== leading.version)
    .map((other) => {
      const theirs = `${describeHolders([other])} runs Styxy ${other.version}`;
      const its = `the leader, ${describeHolders([leading])}, ${leading.version}`;
      return warning('versions', `${theirs}, ${its}.`, todo);
    });
  return capped(all, (more) =>
    warning(
      'versions',
      `${more} more participants run another version than the leader.`,
      '"styxy instances" lists them.',
    ),
  );
}

/** More than closing some windows explains. */
const MANY_FAILOVERS = 5;

function* failovers({ failovers: { lastHour = 0 } }: Facts): Iterable<Finding> {
  if (lastHour >= MANY_FAILOVERS) {
    yield warning(
      'failovers',
      `The leader changed ${lastHour} times in the last hour.`,
      '"styxy audit --what leadership --since 1h" tells who led; look there for a window that freezes or crashes. Its log says why it lost the lead.',
    );
  }
}

const LIST = '"styxy list" shows all of them.';

function conflict({ port, service, workspace, process, intruder }: AllocationView): Finding {
  return warning(
    'conflict',
    `Port ${port} of ${service} in ${workspace} is in use by ${describeIntruder(process, intruder)}.`,
    `Stop that process, or ask for ${service} again: it gets another port. "Styxy: Move Port" moves it to one that you choose.`,
  );
}

function failing({ port, service, workspace, health, planned }: AllocationView): Finding {
  const reason = health?.ok === false ? health.reason : 'it does not answer';
  const times = health?.ok === false && health.failures > 1 ? `, ${health.failures} times` : '';
  const asked = planned?.health === undefined ? '' : ` of ${planned.health}`;
  return warning(
    'health',
    `${service} in ${workspace} listens on port ${port}, but its health check fails: ${reason}${times}.`,
    `Look at the output of that server, or correct the check${asked} in its styxy.json.`,
  );
}

function orphan({ id, port, service, workspace }: AllocationView, { health }: Facts): Finding {
  const { enabled, cleanupStaleAllocations, maxFailures, checkIntervalMs } = health.settings;
  const now = `styxy release ${id}`;
  const seconds = Math.round(checkIntervalMs / 1000);
  return info(
    'orphan',
    `Port ${port} of ${service} in ${workspace} is held by nobody, and nobody listens.`,
    enabled && cleanupStaleAllocations
      ? `Nothing has to be done: it is released after ${maxFailures} checks in a row, one every ${seconds} s. At once: ${now}`
      : `Stale allocations are not released by themselves (recovery.health_monitoring). Release it: ${now}`,
  );
}

const MIB = 1024 * 1024;
/** With less, the journals, a checkpoint and the audit log no longer fit beside each other. */
const NO_ROOM_BYTES = 64 * MIB;
const LITTLE_ROOM_BYTES = 512 * MIB;
/** Up to this many files are named one by one. */
const NAMED_FILES = 5;

const WRITE = 0o022;
const ANYTHING = 0o077;

type NamedRange = { readonly name: string; readonly range: PortRange };

/** The home, the disk, tools, ranges of ports. */
function* machineFindings(machine: MachineFacts, types: readonly NamedRange[]): Iterable<Finding> {
  yield* homeMode(machine);
  yield* exposedFiles(machine);
  yield* room(machine);
  yield* socket(machine);
  yield* tools(machine);
  yield* excluded(machine, types);
  yield* ephemeral(machine, types);
  yield* fileSystem(machine);
  yield* quarantine(machine);
}

function modeOf({ home: { mode } }: MachineFacts): number {
  return mode === undefined ? 0 : Number.parseInt(mode, 8);
}

function* homeMode(machine: MachineFacts): Iterable<Finding> {
  const { path, mode = '' } = machine.home;
  const bits = modeOf(machine);
  const todo = `Run: chmod 700 ${quoted(path)}`;
  if ((bits & WRITE) !== 0) {
    const what = `Other users may write to Styxy's home ${path} (mode ${mode}).`;
    yield failure('permissions', 'permission_denied', what, todo);
  } else if ((bits & ANYTHING) !== 0) {
    const what = `Other users may look into Styxy's home ${path} (mode ${mode}).`;
    yield warning('permissions', what, todo);
  }
}

/** Other users cannot reach them in a closed home: then it is only information. */
function* exposedFiles(machine: MachineFacts): Iterable<Finding> {
  const { path, exposed } = machine.home;
  if (exposed.length === 0) {
    return;
  }
  const few = exposed.length <= NAMED_FILES;
  const named = exposed.slice(0, NAMED_FILES).join(', ');
  const paths = exposed.map((name) => quoted(`${path}/${name}`)).join(' ');
  const todo = `Run: chmod ${few ? `go-rwx ${paths}` : `-R go-rwx ${quoted(path)}`}`;
  if ((modeOf(machine) & ANYTHING) !== 0) {
    const which = few ? named : `${exposed.length} files of the home, ${named} among them`;
    yield warning('permissions', `Other users may read or write ${which}.`, todo);
  } else {
    const which = few ? named : `${exposed.length} files in it, ${named} among them`;
    const what = `Only the mode of ${path} keeps other users from ${which}.`;
    yield info('permissions', what, todo);
  }
}

function* room({ home: { path, freeBytes = Infinity } }: MachineFacts): Iterable<Finding> {
  const what = `The disk of ${path} has ${Math.floor(freeBytes / MIB)} MiB left.`;
  const todo = `Make room there: with less than ${NO_ROOM_BYTES / MIB} MiB answers may not be stored any more, and none is given then.`;
  if (freeBytes < NO_ROOM_BYTES) {
    yield failure('disk', 'storage_unavailable', what, todo);
  } else if (freeBytes < LITTLE_ROOM_BYTES) {
    yield warning('disk', what, todo);
  }
}

function* socket({ socket: { path, present } }: MachineFacts): Iterable<Finding> {
  if (!present && path !== '') {
    yield warning(
      'socket',
      `The leader's socket ${path} was removed: new windows cannot find it.`,
      'The leader opens another one within seconds. If this stays, something cleans up temporary files: set TMPDIR to a folder of your own.',
    );
  }
}

function* tools({ tools: all }: MachineFacts): Iterable<Finding> {
  for (const { name, purpose, without } of all.filter(({ present }) => !present)) {
    const what = `${name} is missing, or may not be used; Styxy asks it ${purpose}.`;
    yield warning('tool', what, `Make it available. ${without}`);
  }
}

function* excluded(
  { excluded: ranges }: MachineFacts,
  types: readonly NamedRange[],
): Iterable<Finding> {
  for (const range of ranges) {
    for (const type of sharing(range, types)) {
      const whole = range.first <= type.range.first && range.last >= type.range.last;
      const what = `The system lets nobody use the ports ${rangeText(range)}, which are ${whole ? 'all' : 'some'} of "${type.name}" (${rangeText(type.range)}).`;
      yield whole
        ? warning(
            'ports',
            what,
            `Give "${type.name}" another range in config.json, or restart Windows, which may take others then: "netsh int ipv4 show excludedportrange protocol=tcp" lists them.`,
          )
        : info('ports', what, 'Nothing has to be done: these ports are passed over.');
    }
  }
}

function* ephemeral(
  { ephemeral: range }: MachineFacts,
  types: readonly NamedRange[],
): Iterable<Finding> {
  const sharers = range === undefined ? [] : sharing(range, types);
  if (range !== undefined && sharers.length > 0) {
    const names = sharers.map((type) => `"${type.name}" (${rangeText(type.range)})`).join(', ');
    yield info(
      'ports',
      `The system gives the ports ${rangeText(range)} to outgoing connections; ports of ${names} are among them.`,
      'If ports there are often busy, give these types ranges outside of it in config.json.',
    );
  }
}

function sharing(range: PortRange, types: readonly NamedRange[]): readonly NamedRange[] {
  return types.filter((type) => type.range.first <= range.last && type.range.last >= range.first);
}

function* fileSystem({ home: { path, network, hardLinks } }: MachineFacts): Iterable<Finding> {
  if (network !== undefined) {
    yield info(
      'file-system',
      `${path} lies on a network file system (${network}).`,
      'Set STYXY_HOME to a local folder if you can: what is promised after a crash depends on the disk.',
    );
  }
  if (!hardLinks) {
    yield info(
      'file-system',
      `The file system of ${path} has no hard links; Styxy does without.`,
      'Nothing has to be done. A home on a file system that has them is the better tried one.',
    );
  }
}

function* quarantine({ home: { path, quarantined } }: MachineFacts): Iterable<Finding> {
  const [first] = quarantined;
  const count = quarantined.length;
  if (first !== undefined) {
    const files = count === 1 ? 'file is' : 'files are';
    yield info(
      'quarantine',
      `${count} damaged ${files} kept in ${path}, ${first} ${count === 1 ? 'by name' : 'among them'}.`,
      'Keep what you want to report, then delete it: nothing reads it any more.',
    );
  }
}

/** As one word of a POSIX shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
