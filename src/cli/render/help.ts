import { AUDIT_WHATS } from '../../core/domain/audit';
/** Texts of `--help`. Each example can be run as it stands. */

export const DESCRIPTION =
  'Gives every workspace on this machine its own ports and keeps them stable. ' +
  'Takes part beside the open windows; where none is open, it leads for as long as it runs.';

export const PROJECT = 'the workspace, instead of the one that the current folder belongs to';
export const TARGET = "the allocation's id, its port, or the service's name";

export const TEMPLATE = 'instance template, which shifts where the search for a port begins';
export const WHATS = `of this kind: ${AUDIT_WHATS.join(', ')}`;

export const PROGRAM = `
Examples:
  $ styxy allocate -s dev -n web       a port for "web", the same one every time
  $ PORT=$(styxy port web -s dev) npm start
  $ styxy list
  $ styxy inspect 3000
  $ styxy release web
  $ styxy plan                         ports for all that styxy.json declares

Exit codes: 0 done, 2 invalid argument or configuration, 3 port not available, 4 no such allocation or not yours,
5 nobody could be reached in time, 6 storage, 7 not permitted, 130 cancelled, 1 anything else.`;

export const ALLOCATE_DESCRIPTION =
  'Get the port of a service, a new one if it has none. Asking again gives the same port. ' +
  'The type decides the range; without -s it is taken from the plan, the name or last time. ' +
  'A type that nobody declared gets a range of its own.';

export const ALLOCATE = `
Examples:
  $ styxy allocate -s dev              a port for the service "dev"
  $ styxy allocate -n web -s dev       a port of the dev range for the service "web"
  $ styxy allocate -n web -p 5173      5173 if it is free
  $ styxy allocate -s grafana          a type that nobody declared
  $ styxy allocate -n web -p 5173 --exact --json`;

export const PORT_DESCRIPTION =
  'Print the port of a service and nothing else; a new one if it has none. ' +
  'With --json the whole allocation, as "allocate" prints it.';

export const PORT = `
Examples:
  $ PORT=$(styxy port api) node server.js
  $ npx vite --port "$(styxy port web -s dev)" --strictPort`;

export const RELEASE_DESCRIPTION =
  'Give a port back. Releasing stops no process: if one listens, and if the port belongs to ' +
  'another workspace, you are asked first; where nobody can be asked, --yes agrees. ' +
  'A shared port ends with the last one who holds it; until then this workspace only leaves it.';

export const RELEASE = `
Examples:
  $ styxy release web                  the service "web" of this workspace
  $ styxy release 3000
  $ styxy release 3000 --yes           also if something listens or it is another workspace's
  $ styxy release rag --everyone       a shared port, for all who hold it`;

export const MOVE_DESCRIPTION =
  'Give a service another port, in one step. A running server has to be restarted on it.';

export const MOVE = `
Examples:
  $ styxy move web 5173
  $ styxy move 3000 3005`;

export const LIST = `
Examples:
  $ styxy list
  $ styxy list --json | jq -r '.allocations[] | "\\(.port) \\(.service)"'`;

export const INSPECT_DESCRIPTION =
  'Tell who has a port: the allocation, the process that listens, the addresses, the history.';

export const INSPECT = `
Examples:
  $ styxy inspect 3000
  $ styxy inspect 3000 --json          has an "id" if Styxy gave the port to someone`;

export const DAEMON_DESCRIPTION =
  'Headless participants. Windows need none: they elect a leader among themselves. One keeps ' +
  'commands fast, and ports watched, where no window is open.';

export const DAEMON = `
Examples:
  $ styxy daemon start
  $ styxy daemon status --json
  $ styxy daemon stop --all`;

export const DAEMON_START = `
Examples:
  $ styxy daemon start                 returns when it takes part
  $ styxy daemon start --foreground    for a service manager or a container`;

export const DAEMON_STOP = `
Examples:
  $ styxy daemon stop                  if there is only one
  $ styxy daemon stop --pid 4711
  $ styxy daemon stop --all`;

export const DAEMON_STATUS = `
Examples:
  $ styxy daemon status
  $ styxy daemon status --json | jq .leader.pid`;

export const INSTANCES_DESCRIPTION =
  'List who takes part now: windows, headless participants, commands. The instance templates are ' +
  'under "config instances".';

export const INSTANCES = `
Examples:
  $ styxy instances
  $ styxy instances --json | jq -r '.instances[] | select(.leader) | .pid'`;

export const AUDIT_DESCRIPTION =
  'Tell who did what, and when: grants, releases, moves, conflicts, changes of the configuration ' +
  'and of the leader. Newest last.';

export const AUDIT = `
Examples:
  $ styxy audit --since 2h
  $ styxy audit --port 3000
  $ styxy audit --workspace . --what moved --json`;

export const DOCTOR_DESCRIPTION =
  'Look at the leader, the home, the disk, the configuration, conflicts and the tools of the system; ' +
  'tell for each finding what to do. Exit code 0 without errors among them, else that of the first.';

export const DOCTOR = `
Examples:
  $ styxy doctor
  $ styxy doctor --json | jq -r '.findings[] | "\\(.severity): \\(.what) \\(.todo)"'`;

export const RECOVERY_DESCRIPTION =
  'Show the report of the last change of leader: what was checked, what was repaired, and where ' +
  'damaged copies lie.';

export const RECOVERY = `
Examples:
  $ styxy recovery
  $ styxy recovery --json | jq -r '.steps[] | select(.result != "ok") | .what'`;

export const PLAN_DESCRIPTION =
  'Get ports for all services that styxy.json of the workspace declares, or for none of them. ' +
  'With --write also its dotenv files; with --check only tell what is not as planned.';

export const PLAN = `
Examples:
  $ styxy plan
  $ styxy plan --write                 and the files that it names
  $ styxy plan --check                 exit code 3 if something is not as planned
  $ eval "$(styxy plan --json | jq -r '.environment | to_entries[] | "export \\(.key)=\\(.value)"')"`;

export const CONFIG_DESCRIPTION =
  'Service types with their ranges, auto-allocation, instance templates and reservations. They are ' +
  'built in; config.json overrides and adds.';

export const CONFIG = `
Examples:
  $ styxy config show
  $ styxy config validate
  $ styxy config auto-allocation list`;

export const CONFIG_PATH = `
Examples:
  $ styxy config path
  $ ls -l "$(styxy config path)"`;

export const CONFIG_SHOW_DESCRIPTION =
  'Show the configuration that the leader decides by, and what is wrong in the file.';

export const CONFIG_SHOW = `
Examples:
  $ styxy config show
  $ styxy config show --json | jq -r '.types[] | "\\(.name) \\(.range.first)"'`;

export const CONFIG_VALIDATE_DESCRIPTION =
  'Tell for each mistake in config.json the line, the JSON path, what is wrong and what would be ' +
  'right. Exit code 0 if it can be used, with warnings or without, 2 if it cannot.';

export const CONFIG_VALIDATE = `
Examples:
  $ styxy config validate
  $ styxy config validate ./config.json --json`;

export const CONFIG_INSTANCES_DESCRIPTION =
  'List the instance templates: by how much each shifts where the search for a port begins, and on ' +
  'which git branches it does so by itself.';

export const CONFIG_INSTANCES = `
Examples:
  $ styxy config instances
  $ styxy config instances --json | jq '.templates[].name'`;

export const AUTO_DESCRIPTION =
  'A type that nobody declared gets a range of its own when it is first asked for, and works at once.';

export const AUTO = `
Examples:
  $ styxy config auto-allocation status
  $ styxy config auto-allocation list`;

export const AUTO_STATUS = `
Examples:
  $ styxy config auto-allocation status
  $ styxy config auto-allocation status --json | jq .enabled`;

export const AUTO_LIST = `
Examples:
  $ styxy config auto-allocation list
  $ styxy config auto-allocation list --json | jq -r '.types[].name'`;

export const AUTO_ENABLE = `
Examples:
  $ styxy config auto-allocation enable`;

export const AUTO_DISABLE = `
Examples:
  $ styxy config auto-allocation disable`;

export const AUTO_UNDO_DESCRIPTION =
  'Take the range of an auto-allocated type back. Refused, with the list, while ports of it are held.';

export const AUTO_UNDO = `
Examples:
  $ styxy allocate -s grafana && styxy release grafana
  $ styxy config auto-allocation undo grafana`;
