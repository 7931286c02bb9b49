import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../../src/core/domain/errors';
import { freePort } from '../ports';
import { CliHome, type Json } from './home';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the command line, where no window is open', () => {
  let home: CliHome;

  beforeEach(async () => {
    home = await CliHome.create();
  });

  afterEach(async () => {
    await home.dispose();
  });

  function allocate(name: string, ...more: readonly string[]): Promise<Json> {
    return home.json(['allocate', '-s', 'dev', '-n', name, ...more]);
  }

  it('gives a service its port, and the same one to the next run', async () => {
    const first = await allocate('web');
    assert.deepEqual(
      Object.keys(first).filter((key) => key !== 'conflicts'),
      [
        ...['id', 'port', 'serviceType', 'service', 'workspace', 'state', 'existing'],
        ...['holders', 'allocatedAt', 'attempts'],
      ],
    );
    assert.match(String(first.id), UUID);
    assert.match(String(first.allocatedAt), ISO);
    const { serviceType, service, workspace, state, existing } = first;
    assert.deepEqual(
      { serviceType, service, workspace, state, existing },
      {
        serviceType: 'dev',
        service: 'web',
        workspace: home.workspace,
        state: 'reserved',
        existing: false,
      },
    );
    assert.ok(Array.isArray(first.holders) && isRecord(first.holders[0]));
    assert.deepEqual(Object.keys(first.holders[0]), ['kind', 'label', 'pid', 'since']);
    assert.equal(first.holders[0].kind, 'cli');

    const second = await allocate('web');
    assert.deepEqual([second.id, second.port, second.existing], [first.id, first.port, true]);
  });

  it('prints the number alone', async () => {
    const { stdout, code } = await home.run(['port', 'web', '-s', 'api']);
    assert.equal(code, 0);
    assert.match(stdout, /^80\d\d\n$/);
    assert.equal((await home.run(['port', 'web'])).stdout, stdout);
  });

  it('keeps workspaces apart', async () => {
    const here = await allocate('web');
    const there = await allocate('web', '--project', '../blog');
    const elsewhere = await home.json(['port', 'web'], 0, { cwd: home.otherWorkspace });
    assert.notEqual(here.port, there.port);
    assert.equal(there.workspace, home.otherWorkspace);
    assert.equal(elsewhere.port, there.port);
  });

  it('finds the workspace that a folder belongs to, and says why', async () => {
    const inner = join(home.workspace, 'src', 'deep');
    await mkdir(inner, { recursive: true });
    await mkdir(join(home.workspace, '.git'));
    const { stdout, stderr } = await home.run(['allocate', '-n', 'web', '-s', 'dev'], {
      cwd: inner,
    });
    assert.match(stdout, /^Workspace {2}~\/shop$/m);
    assert.match(stderr, /^Workspace ~\/shop \(nearest folder with a \.git\)$/m);
  });

  it('lists what was allocated, for programs and for people', async () => {
    assert.deepEqual(await home.list(), []);
    const web = await allocate('web');
    const docs = await home.json(['allocate', '-s', 'docs']);
    const ports = (await home.list()).map(({ port }) => port);
    assert.deepEqual(ports, [web.port, docs.port]);
    const { stdout } = await home.run(['list']);
    const [titles, first, second] = stdout.split('\n');
    assert.match(String(titles), /^PORT {2}SERVICE {2}TYPE {2}STATE {5}AGE {2}WORKSPACE$/);
    assert.match(String(first), new RegExp(`^${web.port} {2}web +dev +reserved +\\d+s {2}~/shop$`));
    assert.match(String(second), new RegExp(`^${docs.port} {2}docs +docs +reserved `));
  });

  it('releases by name, port and id, and gives the same port again', async () => {
    const { port, id } = await allocate('web');
    const byName = await home.json(['release', 'web']);
    assert.ok(isRecord(byName.released));
    assert.deepEqual([byName.released.id, byName.released.port], [id, port]);
    assert.deepEqual(Object.keys(byName), ['released', 'remainingHolders']);
    assert.equal(byName.remainingHolders, 0);
    assert.deepEqual(await home.list(), []);

    const again = await allocate('web');
    assert.equal(again.port, port);
    await home.json(['release', String(port)]);
    const third = await allocate('web');
    await home.json(['release', String(third.id)]);
    assert.deepEqual(await home.list(), []);
  });

  it('moves a service', async () => {
    const { id, port } = await allocate('web');
    const free = await freePort();
    const moved = await home.json(['move', 'web', String(free)]);
    assert.deepEqual([moved.id, moved.port, moved.movedFrom], [id, free, port]);
    assert.equal((await home.run(['port', 'web'])).stdout, `${free}\n`);
  });

  it('inspects ports with and without an allocation', async () => {
    const { port, id } = await allocate('web');
    const given = await home.json(['inspect', String(port)]);
    assert.deepEqual([given.id, given.state], [id, 'reserved']);
    const { serviceTypes } = await home.json(['inspect', '3099']);
    assert.deepEqual(serviceTypes, ['dev']);
    const free = await freePort();
    assert.equal((await home.json(['inspect', String(free)])).state, 'free');
    const refused = await home.json(['inspect', '6000']);
    assert.equal(refused.state, 'refused');
    assert.equal(typeof refused.reason, 'string');
  });

  it('tells who listens, and releases such a port only when told twice', async () => {
    const { port } = await allocate('web', '-p', String(await freePort()));
    const pid = await home.listen(Number(port));
    const seen = await home.json(['inspect', String(port)]);
    assert.equal(seen.state, 'listening');
    assert.ok(isRecord(seen.process));
    assert.equal(seen.process.pid, pid);
    const refused = await home.error(['release', 'web'], 3);
    assert.equal(refused.code, 'port_in_use');
    assert.match(String(refused.message), /--yes/);
    assert.equal((await home.list()).length, 1);
    await home.json(['release', 'web', '--yes']);
    assert.deepEqual(await home.list(), []);
  });

  it("releases and moves another workspace's only when told twice", async () => {
    const { port, id } = await allocate('web');
    const there = { cwd: home.otherWorkspace };
    const move = ['move', 'web', String(await freePort())];
    for (const args of [['release', String(port)], ['release', 'web'], move]) {
      const { code, details } = await home.error(args, 4, there);
      assert.equal(code, 'not_holder');
      assert.ok(isRecord(details));
      assert.equal(details.workspace, home.workspace);
    }
    await home.json([...move, '--yes'], 0, there);
    await home.json(['release', String(id)], 0, there);
    assert.deepEqual(await home.list(), []);
  });

  it('refuses with the code and the exit code of each group', async () => {
    const { port } = await allocate('web');
    const refusals: readonly (readonly [args: string[], exit: number, code: string])[] = [
      [['alocate'], 2, 'invalid_argument'],
      [['list', '--nope'], 2, 'invalid_argument'],
      [['allocate'], 2, 'invalid_argument'],
      [['allocate', '-n', 'nonesuch'], 2, 'invalid_argument'],
      [['allocate', '-n', '../x', '-s', 'dev'], 2, 'invalid_argument'],
      [['allocate', '-s', 'dev', '-p', '65536'], 2, 'invalid_argument'],
      [['allocate', '-s', 'dev', '--project', './missing'], 2, 'invalid_argument'],
      [['allocate', '-s', 'dev', '-p', '6000', '--exact'], 3, 'port_reserved'],
      [['allocate', '-n', 'api', '-s', 'dev', '-p', String(port), '--exact'], 3, 'port_in_use'],
      [['release', 'nobody'], 4, 'allocation_not_found'],
      [['move', '4999', '25175'], 4, 'allocation_not_found'],
    ];
    for (const [args, exit, code] of refusals) {
      const error = await home.error(args, exit);
      assert.equal(error.code, code, args.join(' '));
    }
  });

  it('refuses for people on standard error', async () => {
    const { code, stdout, stderr } = await home.run(['alocate']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^styxy: Unknown command 'alocate'\. Did you mean allocate\?/);
  });

  it('refuses a home that it must not use', async () => {
    const relative = await home.error(['list'], 2, { env: { STYXY_HOME: 'here' } });
    assert.equal(relative.code, 'invalid_argument');
    const open = join(home.root, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const refused = await home.error(['list'], 7, { env: { STYXY_HOME: open } });
    assert.equal(refused.code, 'permission_denied');
  });

  it('takes a reader that went away for no crash', async () => {
    await allocate('web');
    const { child, done } = home.start(['list', '--json']);
    child.stdout?.destroy();
    const { code, stderr } = await done;
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('colours nothing that is piped', async () => {
    await allocate('web');
    const { stdout, stderr } = await home.run(['list'], { env: { TERM: 'xterm-256color' } });
    assert.ok(!`${stdout}${stderr}`.includes('\u001b'));
  });
});
