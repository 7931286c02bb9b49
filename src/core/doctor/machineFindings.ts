/** What the doctor finds on the machine: the home, the disk, tools, ranges of ports. */
import type { PortRange } from '../domain/catalogue';
import type { MachineFacts } from '../host/interfaces';
import type { Finding } from '../messages/doctorReport';

const MIB = 1024 * 1024;
/** Next to it the journals, a checkpoint and the audit log no longer fit together. */
const NO_ROOM_BYTES = 64 * MIB;
const LITTLE_ROOM_BYTES = 512 * MIB;
/** So many files are named one by one. */
const NAMED_FILES = 5;

const WRITE = 0o022;
const ANYTHING = 0o077;

type NamedRange = { readonly name: string; readonly range: PortRange };

export function machineFindings(
  machine: MachineFacts,
  types: readonly NamedRange[],
): readonly Finding[] {
  return [
    ...homeMode(machine),
    ...exposedFiles(machine),
    ...room(machine),
    ...socket(machine),
    ...tools(machine),
    ...excluded(machine, types),
    ...ephemeral(machine, types),
    ...fileSystem(machine),
    ...quarantine(machine),
  ];
}

function modeOf({ home: { mode } }: MachineFacts): number {
  return mode === undefined ? 0 : Number.parseInt(mode, 8);
}

function homeMode(machine: MachineFacts): readonly Finding[] {
  const { path, mode = '' } = machine.home;
  const bits = modeOf(machine);
  const about = 'permissions';
  const todo = `Run: chmod 700 ${quoted(path)}`;
  if ((bits & WRITE) !== 0) {
    const what = `Other users may write to Styxy's home ${path} (mode ${mode}).`;
    return [{ severity: 'error', about, code: 'permission_denied', what, todo }];
  }
  return (bits & ANYTHING) === 0
    ? []
    : [
        {
          severity: 'warning',
          about,
          what: `Other users may look into Styxy's home ${path} (mode ${mode}).`,
          todo,
        },
      ];
}

/** Behind a closed home nobody gets at them: then it is only told. */
function exposedFiles(machine: MachineFacts): readonly Finding[] {
  const { path, exposed } = machine.home;
  if (exposed.length === 0) {
    return [];
  }
  const few = exposed.length <= NAMED_FILES;
  const named = exposed.slice(0, NAMED_FILES).join(', ');
  const isOpen = (modeOf(machine) & ANYTHING) !== 0;
  const paths = exposed.map((name) => quoted(`${path}/${name}`)).join(' ');
  return [
    {
      severity: isOpen ? 'warning' : 'info',
      about: 'permissions',
      what: isOpen
        ? `Other users may read or write ${few ? named : `${exposed.length} files of the home, ${named} among them`}.`
        : `Only the mode of ${path} keeps other users from ${few ? named : `${exposed.length} files in it, ${named} among them`}.`,
      todo: `Run: chmod ${few ? `go-rwx ${paths}` : `-R go-rwx ${quoted(path)}`}`,
    },
  ];
}

function room({ home: { path, freeBytes } }: MachineFacts): readonly Finding[] {
  if (freeBytes === undefined || freeBytes >= LITTLE_ROOM_BYTES) {
    return [];
  }
  const about = 'disk';
  const what = `The disk of ${path} has ${Math.floor(freeBytes / MIB)} MiB left.`;
  const todo = `Make room there: with less than ${NO_ROOM_BYTES / MIB} MiB answers may not be stored any more, and none is given then.`;
  return freeBytes < NO_ROOM_BYTES
    ? [{ severity: 'error', about, code: 'storage_unavailable', what, todo }]
    : [{ severity: 'warning', about, what, todo }];
}

function socket({ socket: { path, present } }: MachineFacts): readonly Finding[] {
  return present || path === ''
    ? []
    : [
        {
          severity: 'warning',
          about: 'socket',
          what: `The leader's socket ${path} was removed: new windows cannot find it.`,
          todo: 'The leader opens another one within seconds. If this stays, something cleans up temporary files: set TMPDIR to a folder of your own.',
        },
      ];
}

function tools({ tools: all }: MachineFacts): readonly Finding[] {
  return all
    .filter(({ present }) => !present)
    .map(({ name, purpose, without }): Finding => ({
      severity: 'warning',
      about: 'tool',
      what: `${name} is missing, or may not be used; Styxy asks it ${purpose}.`,
      todo: `Make it available. ${without}`,
    }));
}

function excluded(
  { excluded: ranges }: MachineFacts,
  types: readonly NamedRange[],
): readonly Finding[] {
  return ranges.flatMap((range) =>
    sharing(range, types).map((type): Finding => {
      const whole = range.first <= type.range.first && range.last >= type.range.last;
      return {
        severity: whole ? 'warning' : 'info',
        about: 'ports',
        what: `The system lets nobody use the ports ${text(range)}, which are ${whole ? 'all' : 'some'} of "${type.name}" (${text(type.range)}).`,
        todo: whole
          ? `Give "${type.name}" another range in config.json, or restart Windows, which may take others then: "netsh int ipv4 show excludedportrange protocol=tcp" lists them.`
          : 'Nothing has to be done: these ports are passed over.',
      };
    }),
  );
}

function ephemeral(
  { ephemeral: range }: MachineFacts,
  types: readonly NamedRange[],
): readonly Finding[] {
  const sharers = range === undefined ? [] : sharing(range, types);
  if (range === undefined || sharers.length === 0) {
    return [];
  }
  const names = sharers.map((type) => `"${type.name}" (${text(type.range)})`).join(', ');
  return [
    {
      severity: 'info',
      about: 'ports',
      what: `The system gives the ports ${text(range)} to outgoing connections; ports of ${names} are among them.`,
      todo: 'If ports there are often busy, give these types ranges outside of it in config.json.',
    },
  ];
}

function sharing(range: PortRange, types: readonly NamedRange[]): readonly NamedRange[] {
  return types.filter((type) => type.range.first <= range.last && type.range.last >= range.first);
}

function fileSystem({ home: { path, network, hardLinks } }: MachineFacts): readonly Finding[] {
  const about = 'file-system';
  return [
    ...(network === undefined
      ? []
      : [
          {
            severity: 'info',
            about,
            what: `${path} lies on a network file system (${network}).`,
            todo: 'Set STYXY_HOME to a local folder if you can: what is promised after a crash depends on the disk.',
          } as const,
        ]),
    ...(hardLinks
      ? []
      : [
          {
            severity: 'info',
            about,
            what: `The file system of ${path} has no hard links; Styxy does without.`,
            todo: 'Nothing has to be done. A home on a file system that has them is the better tried one.',
          } as const,
        ]),
  ];
}

function quarantine({ home: { path, quarantined } }: MachineFacts): readonly Finding[] {
  const [first] = quarantined;
  const count = quarantined.length;
  return first === undefined
    ? []
    : [
        {
          severity: 'info',
          about: 'quarantine',
          what: `${count} damaged ${count === 1 ? 'file is' : 'files are'} kept in ${path}, ${first} ${count === 1 ? 'by name' : 'among them'}.`,
          todo: 'Keep what you want to report, then delete it: nothing reads it any more.',
        },
      ];
}

function text({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** As one word of a POSIX shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
