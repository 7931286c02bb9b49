/** Texts of `--help`. Each example can be run as it stands. */

export const DESCRIPTION =
  'Gives every workspace on this machine its own ports and keeps them stable. ' +
  'Takes part beside the open windows; where none is open, it leads for as long as it runs.';

export const PROJECT = 'the workspace, instead of the one that the current folder belongs to';
export const TARGET = "the allocation's id, its port, or the service's name";

export const PROGRAM = `
Examples:
  $ styxy allocate -s dev -n web       a port for "web", the same one every time
  $ PORT=$(styxy port web -s dev) npm start
  $ styxy list
  $ styxy inspect 3000
  $ styxy release web

Exit codes: 0 done, 2 invalid argument, 3 port not available, 4 no such allocation or not yours,
5 nobody could be reached in time, 6 storage, 7 not permitted, 130 cancelled, 1 anything else.`;

export const ALLOCATE_DESCRIPTION =
  'Get the port of a service, a new one if it has none. Asking again gives the same port. ' +
  'The type decides the range; without -s it is taken from the name or from last time.';

export const ALLOCATE = `
Examples:
  $ styxy allocate -s dev              a port for the service "dev"
  $ styxy allocate -n web -s dev       a port of the dev range for the service "web"
  $ styxy allocate -n web -p 5173      5173 if it is free
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
  'another workspace, you are asked first; where nobody can be asked, --yes agrees.';

export const RELEASE = `
Examples:
  $ styxy release web                  the service "web" of this workspace
  $ styxy release 3000
  $ styxy release 3000 --yes           also if something listens or it is another workspace's`;

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
