/** Grants and health checks ask the same question of the same listeners: whose server is it? */
import assert from 'node:assert/strict';
import { BoundedLookup } from '../../../../src/coordinator/async/boundedLookup';
import { ListenerOwners } from '../../../../src/coordinator/lookup/listenerOwners';
import { PortLookup, type PortLookupTools } from '../../../../src/coordinator/lookup/portLookup';
import type { ListeningProcess, Participant } from '../../../../src/core/domain/model';
import type { GitPlace, ResolvedWorkspace } from '../../../../src/core/host/interfaces';
import { A, B, Engine, granted, participant } from '../../core/allocation/support/engine';
import { ManualClock } from '../../../support/world/clocks';
import { SILENT } from '../../../support/world/makers';
import { stage } from '../support';

const PORT = 3000;
const NESTED = `${A}/library`;
const TREE = `${A}-fix`;

interface Row {
  readonly who: string;
  /** Everything that listens on the port; `undefined` where the system names no owner. */
  readonly listeners: readonly (ListeningProcess | undefined)[];
  readonly places?: Readonly<Record<string, ResolvedWorkspace>>;
  readonly git?: Readonly<Record<string, GitPlace>>;
  readonly participants?: readonly Participant[];
  readonly health: 'own' | 'unknown' | 'sibling' | 'stranger';
  readonly grant: 'adopted' | 'busy';
}

const tree = (root: string, repository = `${root}/.git`): GitPlace => {
  return { kind: 'worktree', root, repository };
};
const open = (workspace: string): ResolvedWorkspace => ({ workspace, because: 'open' });
const versioned = (workspace: string): ResolvedWorkspace => ({ workspace, because: 'git' });
const editor = (folders: readonly string[]): Participant =>
  participant('editor', { pid: 7, identity: 'boot/7/100', folders });

const ROWS: readonly Row[] = [
  {
    who: 'a server in the workspace',
    listeners: [{ pid: 7, cwd: A }],
    health: 'own',
    grant: 'adopted',
  },
  {
    who: 'a server in a folder inside',
    listeners: [{ pid: 7, cwd: `${A}/src` }],
    places: { [`${A}/src`]: open(A) },
    health: 'own',
    grant: 'adopted',
  },
  {
    who: 'the same process on two addresses',
    listeners: [
      { pid: 7, cwd: A },
      { pid: 7, cwd: A },
    ],
    health: 'own',
    grant: 'adopted',
  },
  {
    who: 'two servers of the workspace',
    listeners: [
      { pid: 7, cwd: A },
      { pid: 8, cwd: A },
    ],
    health: 'own',
    grant: 'adopted',
  },
  {
    who: 'a server of the workspace beside one of another workspace',
    listeners: [
      { pid: 7, cwd: A },
      { pid: 8, cwd: B },
    ],
    health: 'own',
    grant: 'busy',
  },
  {
    who: 'a server of another workspace beside one of the workspace',
    listeners: [
      { pid: 8, cwd: B },
      { pid: 7, cwd: A },
    ],
    health: 'own',
    grant: 'busy',
  },
  {
    who: 'a server in a clone inside that nobody named',
    listeners: [{ pid: 7, cwd: NESTED }],
    places: { [NESTED]: versioned(NESTED) },
    git: { [A]: tree(A), [NESTED]: tree(NESTED) },
    participants: [],
    health: 'own',
    grant: 'busy',
  },
  {
    who: 'a server in another package of the same working tree',
    listeners: [{ pid: 7, cwd: `${A}/api` }],
    places: { [`${A}/api`]: { workspace: `${A}/api`, because: 'plan' } },
    git: { [A]: tree(A), [`${A}/api`]: tree(A) },
    participants: [],
    health: 'own',
    grant: 'busy',
  },
  {
    who: 'a server in another worktree of the repository',
    listeners: [{ pid: 7, cwd: TREE }],
    places: { [TREE]: versioned(TREE) },
    git: { [A]: tree(A), [TREE]: tree(TREE, `${A}/.git`) },
    health: 'sibling',
    grant: 'busy',
  },
  {
    who: 'a server of another workspace',
    listeners: [{ pid: 7, cwd: B }],
    health: 'sibling',
    grant: 'busy',
  },
  {
    who: 'a server of a workspace that Styxy does not know',
    listeners: [{ pid: 7, cwd: '/srv/x' }],
    places: { '/srv/x': versioned('/srv/x') },
    health: 'stranger',
    grant: 'busy',
  },
  {
    who: 'a proxy that listens for a container and was started in the workspace',
    listeners: [{ pid: 7, cwd: A, command: '/usr/bin/docker-proxy -host-port 3000' }],
    health: 'unknown',
    grant: 'busy',
  },
  {
    who: 'an editor that has the workspace open and was started there',
    listeners: [{ pid: 7, cwd: A, startMark: '100' }],
    participants: [editor([A])],
    health: 'own',
    grant: 'adopted',
  },
  {
    who: 'an editor that has the workspace open and was started elsewhere',
    listeners: [{ pid: 7, cwd: '/', startMark: '100' }],
    participants: [editor([A])],
    health: 'own',
    grant: 'busy',
  },
  {
    who: 'an editor that was started in the workspace and has another one open',
    listeners: [{ pid: 7, cwd: A, startMark: '100' }],
    participants: [editor([B])],
    health: 'unknown',
    grant: 'busy',
  },
  {
    who: 'a server that has the pid of an editor that is gone',
    listeners: [{ pid: 7, cwd: A, startMark: '101' }],
    participants: [editor([B])],
    health: 'own',
    grant: 'adopted',
  },
  {
    who: 'a process without a folder',
    listeners: [{ pid: 7 }],
    health: 'unknown',
    grant: 'busy',
  },
  {
    who: 'a process that the system does not name',
    listeners: [undefined],
    health: 'unknown',
    grant: 'busy',
  },
];

describe('whose server it is, for a grant and for the health check', () => {
  for (const row of ROWS) {
    it(`${row.who}: ${row.health}, ${row.grant}`, async () => {
      assert.deepEqual(
        { health: await healthOf(row), grant: await grantOf(row) },
        { health: row.health, grant: row.grant },
      );
    });
  }

  it('gives nobody a listener that the health check does not call its own', () => {
    const adopted = ROWS.filter(({ grant }) => grant === 'adopted');
    assert.ok(adopted.every(({ health }) => health === 'own'));
  });
});

function toolsOf({ listeners, places = {}, git = {} }: Row): PortLookupTools {
  const { tools, clock } = stage();
  return {
    ...tools.look,
    bounded: new BoundedLookup(clock),
    probe: { ...tools.look.probe, check: async (port) => (port === PORT ? 'busy' : 'free') },
    listeners: {
      pollIntervalMs: 1,
      ports: async () => new Set([PORT]),
      listeners: async () =>
        listeners.map((process) => ({
          port: PORT,
          address: '127.0.0.1',
          ...(process === undefined ? {} : { process }),
        })),
    },
    workspaces: {
      ...tools.look.workspaces,
      resolve: async (workspace) => places[workspace] ?? { workspace, because: 'folder' },
      worktreeOf: async (folder) => git[folder] ?? { kind: 'none' },
    },
  };
}

function participantsOf({ participants }: Row): readonly Participant[] {
  return participants ?? [A, B].map((folder) => participant(folder, { folders: [folder] }));
}

/** Somebody listens on a port that the workspace has. */
async function healthOf(row: Row): Promise<string | undefined> {
  const engine = new Engine();
  const { allocation } = granted(
    engine.allocate({ service: 'web', serviceType: 'dev', port: PORT }),
  );
  const owners = new ListenerOwners({
    clock: new ManualClock(),
    log: SILENT,
    look: toolsOf(row),
    participants: () => participantsOf(row),
    state: () => engine.state,
  });
  return (await owners.ofAllocations([allocation])).get(allocation.id)?.ownership.kind;
}

/** Somebody listens on a port that the workspace asks for. */
async function grantOf(row: Row): Promise<'adopted' | 'busy'> {
  const look = new PortLookup(toolsOf(row), participantsOf(row));
  await look.answer({ kind: 'probe', candidates: [PORT], known: true }, 1);
  const engine = new Engine();
  look.findings.forEach((finding, port) => engine.machine.set(port, finding));
  const { allocation, adopted } = granted(
    engine.allocate({ service: 'web', serviceType: 'dev', port: PORT }),
  );
  assert.equal(allocation.port === PORT, adopted === true);
  return adopted === true ? 'adopted' : 'busy';
}
