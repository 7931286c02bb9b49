import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../../src/core/domain/errors';
import { freeBlock, freePort } from '../ports';
import { CliHome, type Json, until } from './home';

const PLAN = `{
  "services": {
    "web": { "type": "dev", "env": ["PORT"] },
    "api": { "type": "api" }
  },
  "files": { ".env.local": { "API_URL": "http://localhost:\${api}" } }
}
`;

describe('the whole engine from the command line', () => {
  let home: CliHome;

  beforeEach(async () => {
    home = await CliHome.create();
  });

  afterEach(async () => {
    await home.dispose();
  });

  function inOther(args: readonly string[], code = 0): Promise<Json> {
    return home.json(args, code, { cwd: home.otherWorkspace });
  }

  function configFile(): string {
    return join(home.root, 'home', 'config.json');
  }

  it('gives two worktrees of one repository different ports from the same plan', async () => {
    const main = home.workspace;
    await writeFile(join(main, 'styxy.json'), PLAN);
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: main,
        stdio: 'pipe',
      });
    git('init', '-q');
    git('add', 'styxy.json');
    git('commit', '-qm', 'A plan');
    const worktree = join(home.root, 'worktree');
    git('worktree', 'add', '-q', worktree);

    const here = await home.json(['plan']);
    const there = await home.json(['plan'], 0, { cwd: worktree });
    assert.deepEqual([here.workspace, there.workspace], [main, worktree]);
    assert.ok(isRecord(here.ports) && isRecord(there.ports));
    const ports = [...Object.values(here.ports), ...Object.values(there.ports)];
    assert.equal(new Set(ports).size, 4);
    const again = await home.json(['plan'], 0, { cwd: worktree });
    assert.deepEqual(again.ports, there.ports);
  });

  it('checks, allocates, writes and checks a plan', async () => {
    await writeFile(join(home.workspace, 'styxy.json'), PLAN);
    await writeFile(join(home.workspace, '.env.local'), 'MINE=1\n');
    const before = await home.json(['plan', '--check'], 3);
    assert.deepEqual([before.asPlanned, before.missing], [false, ['web', 'api']]);
    assert.deepEqual(await home.list(), []);

    const written = await home.json(['plan', '--write']);
    assert.ok(isRecord(written.ports) && isRecord(written.environment));
    const { web, api } = written.ports;
    assert.equal(written.environment.PORT, String(web));
    assert.deepEqual(written.files, [{ path: '.env.local', state: 'written', shadowed: [] }]);
    const text = await readFile(join(home.workspace, '.env.local'), 'utf8');
    assert.match(text, /^MINE=1\n/);
    assert.ok(text.includes(`API_URL=http://localhost:${api}\n`));

    assert.equal((await home.json(['plan', '--check'])).asPlanned, true);
    assert.equal((await home.run(['port', 'web'])).stdout, `${web}\n`);
    await writeFile(join(home.workspace, 'styxy.json'), '{ "services": { "web": {} } }');
    const after = await home.json(['plan', '--check'], 3);
    assert.ok(Array.isArray(after.left) && isRecord(after.left[0]));
    assert.deepEqual([after.left.length, after.left[0].service], [1, 'api']);
    assert.equal((await home.list()).length, 2);
  });

  it('allocates a plan as a whole or not at all', async () => {
    const plan =
      '{ "services": { "web": { "type": "dev" }, "b": { "type": "ui", "port": 6000, "exact": true } } }';
    await writeFile(join(home.workspace, 'styxy.json'), plan);
    const error = await home.error(['plan'], 3);
    assert.equal(error.code, 'port_reserved');
    assert.ok(isRecord(error.details));
    assert.equal(error.details.service, 'b');
    assert.deepEqual(await home.list(), []);
  });

  it('goes by the plan when one of its services is asked for, broken or not', async () => {
    const file = join(home.workspace, 'styxy.json');
    const free = await freePort();
    await writeFile(file, `{ "services": { "shop": { "type": "docs", "port": ${free} } } }`);
    assert.equal((await home.json(['allocate', '-n', 'shop'])).port, free);
    await writeFile(file, '{ "services": ');
    const { stdout, stderr, code } = await home.run(['port', 'web', '-s', 'dev']);
    assert.equal(code, 0);
    assert.match(stdout, /^30\d\d\n$/);
    assert.match(stderr, /styxy\.json cannot be used/);
  });

  it('finds a range for an unknown type, shows it, and takes it back once it is free', async () => {
    const first = await home.json(['allocate', '-s', 'grafana', '-n', 'grafana']);
    assert.ok(isRecord(first.autoAllocated));
    assert.deepEqual(first.autoAllocated.range, { first: 11510, last: 11519 });
    assert.ok(Number(first.port) >= 11510 && Number(first.port) <= 11519);
    await until(async () => {
      const { exists } = await home.json(['config', 'path']);
      return exists === true;
    }, 'config.json');
    const written: unknown = JSON.parse(await readFile(configFile(), 'utf8'));
    assert.ok(isRecord(written) && isRecord(written.service_types));
    const { grafana } = written.service_types;
    assert.ok(isRecord(grafana));
    assert.deepEqual(grafana.port_range, [11510, 11519]);
    assert.deepEqual(await home.json(['config', 'auto-allocation', 'list']), {
      types: [{ name: 'grafana', range: { first: 11510, last: 11519 }, size: 10, used: 1 }],
    });

    const refused = await home.error(['config', 'auto-allocation', 'undo', 'grafana'], 3);
    assert.equal(refused.code, 'port_in_use');
    assert.ok(isRecord(refused.details) && Array.isArray(refused.details.held));
    assert.equal(refused.details.held.length, 1);
    await home.json(['release', 'grafana']);
    const { undone } = await home.json(['config', 'auto-allocation', 'undo', 'grafana']);
    assert.deepEqual(undone, { serviceType: 'grafana', range: { first: 11510, last: 11519 } });
    assert.deepEqual(await home.json(['config', 'auto-allocation', 'list']), { types: [] });
  });

  it('switches auto-allocation off and on', async () => {
    await home.json(['config', 'auto-allocation', 'disable']);
    assert.equal((await home.json(['config', 'auto-allocation', 'status'])).enabled, false);
    const error = await home.error(['allocate', '-s', 'grafana'], 2);
    assert.equal(error.code, 'invalid_argument');
    await home.json(['config', 'auto-allocation', 'enable']);
    await home.json(['allocate', '-s', 'grafana']);
  });

  it('tells what is wrong in a configuration, which changes nothing that is in force', async () => {
    await mkdir(join(home.root, 'home'), { recursive: true });
    const first = await freeBlock(10);
    const last = first + 9;
    const own = `{ "service_types": { "own": { "port_range": [${first}, ${last}] } } }`;
    await writeFile(configFile(), own);
    assert.equal((await home.json(['allocate', '-s', 'own'])).port, first);
    await writeFile(
      configFile(),
      `{\n  "service_types": { "own": { "port_range": [${last}, ${first}] } }\n}`,
    );
    const bad = await home.json(['config', 'validate'], 2);
    assert.deepEqual([bad.file, bad.valid], [configFile(), false]);
    assert.ok(Array.isArray(bad.problems) && isRecord(bad.problems[0]));
    assert.equal(bad.problems[0].line, 2);
    assert.equal(bad.problems[0].path, 'service_types.own.port_range');
    const { stdout, code } = await home.run(['config', 'validate']);
    assert.equal(code, 2);
    assert.match(stdout, /config\.json:2:\d+: error: service_types\.own\.port_range: /);

    const shown = await home.json(['config', 'show']);
    assert.ok(Array.isArray(shown.types) && Array.isArray(shown.problems));
    const type = shown.types.filter(isRecord).find(({ name }) => name === 'own');
    assert.deepEqual(type?.range, { first, last });
    assert.equal(shown.problems.length, 1);
  });

  it('validates a file that lies elsewhere', async () => {
    await writeFile(join(home.workspace, 'new.json'), '\ufeff{ "reservations": [] }');
    assert.equal((await home.json(['config', 'validate', 'new.json'])).valid, true);
    await writeFile(join(home.workspace, 'latin.json'), Buffer.from([0x7b, 0xe4, 0x7d]));
    for (const file of ['latin.json', 'missing.json', '.']) {
      await home.error(['config', 'validate', file], 2);
    }
    assert.equal((await home.json(['config', 'path'])).exists, false);
  });

  it('shares a singleton between workspaces until the last one leaves', async () => {
    const args = ['allocate', '-s', 'ai', '-n', 'rag'];
    const here = await home.json(args);
    const there = await inOther(args);
    assert.deepEqual([there.id, there.port, there.existing], [here.id, here.port, true]);
    assert.ok(isRecord(there.shared));
    const { group, workspace, holders } = there.shared;
    assert.deepEqual([group, workspace, holders], ['ai/rag', home.workspace, 2]);
    assert.equal((await home.list()).length, 1);

    assert.equal((await home.json(['release', 'rag'])).remainingHolders, 1);
    const [left] = await home.list();
    assert.deepEqual([left?.id, left?.workspace], [here.id, home.otherWorkspace]);
    assert.equal((await inOther(['release', 'rag'])).remainingHolders, 0);
    assert.deepEqual(await home.list(), []);
    assert.notEqual((await inOther(args)).id, here.id);
  });

  it('ends a singleton for everyone only when told twice', async () => {
    const args = ['allocate', '-s', 'ai', '-n', 'rag'];
    await home.json(args);
    await inOther(args);
    const refused = await home.error(['release', 'rag', '--everyone'], 4);
    assert.equal(refused.code, 'not_holder');
    assert.equal((await home.list()).length, 1);
    await home.json(['release', 'rag', '--everyone', '--yes']);
    assert.deepEqual(await home.list(), []);
  });

  it('shifts where the search begins by a template', async () => {
    const main = await home.json(['allocate', '-s', 'hub', '-n', 'a', '--template', 'main']);
    const staging = await home.json(['allocate', '-s', 'docs', '-n', 'b', '--template', 'staging']);
    assert.deepEqual([main.port, staging.port], [4400, 4102]);
    await home.error(['allocate', '-s', 'dev', '-n', 'c', '--template', 'nonesuch'], 2);
    const { templates } = await home.json(['config', 'instances']);
    assert.ok(Array.isArray(templates));
    const names = templates.filter(isRecord).map(({ name }) => name);
    assert.deepEqual(names, ['main', 'dev', 'staging', 'features']);
  });

  it('tells who takes part', async () => {
    assert.deepEqual(await home.json(['instances']), { instances: [] });
    const pid = await home.startDaemon();
    const { instances } = await home.json(['instances']);
    assert.ok(Array.isArray(instances) && isRecord(instances[0]));
    const { kind, leader } = instances[0];
    assert.deepEqual([kind, instances[0].pid, leader, instances.length], ['daemon', pid, true, 1]);
  });

  it('tells who did what, of one port, one workspace, one kind', async () => {
    const wish = await freeBlock(2);
    const next = String(wish + 1);
    const { port } = await home.json(['allocate', '-s', 'dev', '-n', 'web', '-p', String(wish)]);
    assert.equal(port, wish);
    await inOther(['allocate', '-s', 'dev', '-n', 'web']);
    await home.json(['move', 'web', next]);
    await home.json(['release', 'web']);
    const whats = async (...args: readonly string[]): Promise<unknown[]> => {
      const { entries } = await home.json(['audit', ...args]);
      assert.ok(Array.isArray(entries));
      return entries.filter(isRecord).map(({ what }) => what);
    };
    assert.deepEqual(await whats('--port', String(port)), ['granted', 'moved']);
    assert.deepEqual(await whats('--port', next), ['moved', 'released']);
    assert.deepEqual(await whats('--workspace', '.'), ['granted', 'moved', 'released']);
    assert.deepEqual(await whats('--workspace', '../blog'), ['granted']);
    assert.deepEqual(await whats('--what', 'released', '--since', '1h'), ['released']);
    assert.deepEqual(await whats('--type', 'api'), []);
    const { entries, truncated } = await home.json(['audit', '--type', 'dev', '--limit', '1']);
    assert.ok(Array.isArray(entries) && isRecord(entries[0]));
    assert.deepEqual([entries[0].what, truncated], ['released', true]);
    assert.match(String(entries[0].time), /^\d{4}-\d\d-\d\dT.*Z$/);
    const { stdout } = await home.run(['audit', '--port', next]);
    assert.match(stdout, new RegExp(`moved +${next} +web +dev +.* from ${wish} to ${next}`));
  });

  it('shifts ports by a template of the user, named or by git branch', async () => {
    await mkdir(join(home.root, 'home'), { recursive: true, mode: 0o700 });
    const first = await freeBlock(10);
    const configuration = {
      service_types: { own: { port_range: [first, first + 9] } },
      instance_templates: { qa: { offset: 7 }, features: { offset: 3, branches: ['feature/*'] } },
    };
    await writeFile(configFile(), JSON.stringify(configuration));
    const named = await home.json(['allocate', '-s', 'own', '--template', 'qa']);
    assert.equal(named.port, first + 7);
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd: home.otherWorkspace, stdio: 'pipe' });
    git('init', '-q');
    git('checkout', '-q', '-b', 'feature/login');
    assert.equal((await inOther(['allocate', '-s', 'own'])).port, first + 3);
    const unknown = await inOther(['allocate', '-s', 'own', '--template', 'nope'], 2);
    assert.ok(isRecord(unknown.error));
    assert.equal(unknown.error.code, 'invalid_argument');
  });

  it('says that config.json has errors, and what is in force instead', async () => {
    await mkdir(join(home.root, 'home'), { recursive: true, mode: 0o700 });
    await writeFile(configFile(), '{ "service_types": { "dev": { "port_range": [1] } } }');
    const { code, stdout, stderr } = await home.run(['port', 'dev']);
    assert.equal(code, 0);
    assert.match(stdout, /^30\d\d\n$/);
    assert.match(stderr, /config\.json has errors, so what was read before stays in force/);
    assert.match(stderr, /styxy config validate/);
    await writeFile(configFile(), '{}');
    assert.doesNotMatch((await home.run(['port', 'dev'])).stderr, /errors/);
  });
});
