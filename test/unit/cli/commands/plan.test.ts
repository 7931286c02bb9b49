import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { FakeWorld, HERE, view } from '../support/fakes';
import { PLAN, planned, RENDERED, world } from '../support/plans';

function errorOf(run: FakeWorld): {
  code: string;
  message: string;
  details: Record<string, unknown>;
} {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy plan', () => {
  it('asks for all services at once, and prints what they got', async () => {
    const run = world();
    run.coordinator.allocations = planned().slice(1);
    assert.equal(await run.run('plan', '--json'), 0);
    assert.deepEqual(run.coordinator.request('allocatePlan'), {
      workspace: HERE,
      services: [
        { service: 'web', serviceType: 'dev', port: 5173, exact: true },
        { service: 'api', serviceType: 'api', port: 8000 },
        { service: 'db' },
      ],
    });
    const answer = run.json() as { allocations: Record<string, unknown>[] };
    const { allocations, ...rest } = answer;
    assert.deepEqual(
      allocations.map(({ id, port, existing, state }) => [id, port, existing, state]),
      [
        ['id-web', 5173, false, 'reserved'],
        ['id-api', 8000, false, 'reserved'],
        ['id-db', 5430, false, 'reserved'],
      ],
    );
    assert.deepEqual(rest, {
      workspace: HERE,
      ports: { web: 5173, api: 8000, db: 5430 },
      environment: {
        STYXY_PORT_WEB: '5173',
        PORT: '5173',
        STYXY_PORT_API: '8000',
        STYXY_PORT_DB: '5430',
      },
      left: [],
      files: [{ path: '.env.local', state: 'would-change', shadowed: [] }],
    });
    assert.equal(run.envFiles.size, 0);
  });

  it('shows a table to people, and what there is to know of an answer', async () => {
    const run = world();
    run.coordinator.planGrants.set('api', { wish: 8000, message: 'Its plan names 8000, but no.' });
    run.coordinator.planGrants.set('db', { existing: true, message: 'Nothing special.' });
    assert.equal(await run.run('plan'), 0);
    assert.deepEqual(run.stdout, [
      'SERVICE  PORT  TYPE  STATE     EXISTING  ENV',
      'web      5173  dev   reserved  new       STYXY_PORT_WEB PORT',
      'api      8000  api   reserved  new       STYXY_PORT_API',
      'db       3000  dev   reserved  yes       STYXY_PORT_DB',
    ]);
    const told = run.stderr.join('\n');
    assert.match(told, /Its plan names 8000, but no\./);
    assert.doesNotMatch(told, /Nothing special|It has a port/);
    assert.match(told, /\.env\.local is not as planned: styxy plan --write/);
  });

  it('takes the template of the command before that of the plan', async () => {
    const text = '{ "services": { "web": {} }, "template": "dev" }';
    const own = world(text);
    await own.run('plan');
    const named = world(text);
    await named.run('plan', '--template', 'staging');
    const templates = [own, named].map(
      (run) => (run.coordinator.request('allocatePlan') as { template?: string }).template,
    );
    assert.deepEqual(templates, ['dev', 'staging']);
  });

  it('writes the files on demand, and says so', async () => {
    const run = world();
    run.envFiles.set('.env.local', 'API_URL=x\n');
    run.tracked.add('.env.local');
    assert.equal(await run.run('plan', '--write', '--json'), 0);
    assert.deepEqual((run.json() as { files: unknown }).files, [
      { path: '.env.local', state: 'written', shadowed: ['API_URL'], tracked: true },
    ]);
    assert.equal(run.envFiles.get('.env.local'), `API_URL=x\n\n${RENDERED}`);

    const again = world();
    again.envFiles.set('.env.local', RENDERED);
    again.tracked.add('.env.local');
    assert.equal(await again.run('plan', '--write', '--json'), 0);
    assert.deepEqual((again.json() as { files: unknown }).files, [
      { path: '.env.local', state: 'same', shadowed: [] },
    ]);
  });

  it('warns people of tracked files and of keys that are set twice', async () => {
    const run = world();
    run.envFiles.set('.env.local', 'API_URL=x\n');
    run.tracked.add('.env.local');
    await run.run('plan', '--write');
    const told = run.stderr.join('\n');
    assert.match(told, /\.env\.local was written/);
    assert.match(told, /Git tracks \.env\.local/);
    assert.match(told, /sets API_URL outside/);
  });

  it('keeps the ports, and the exit code, of a file that cannot be written', async () => {
    const text = PLAN.replace('"files": {', '"files": { ".env.one": { "P": "${web}" },');
    const refusal = new StyxyError('permission_denied', 'Styxy may not write .env.one.');
    const run = world(text);
    run.envFiles.set('.env.one', refusal);
    assert.equal(await run.run('plan', '--write', '--json'), 7);
    const { ports, files } = run.json() as { ports: unknown; files: unknown };
    assert.deepEqual(ports, { web: 5173, api: 8000, db: 3000 });
    assert.deepEqual(files, [
      { path: '.env.one', state: 'refused', shadowed: [], error: refusal.toJSON() },
      { path: '.env.local', state: 'written', shadowed: [] },
    ]);
    const human = world(text);
    human.envFiles.set('.env.one', refusal);
    assert.equal(await human.run('plan', '--write'), 7);
    assert.match(human.stderr.join('\n'), /may not write \.env\.one/);
  });

  it('offers what left the plan, and releases nothing', async () => {
    const run = world();
    run.coordinator.allocations = [
      view({ id: 'id-old', port: 3009, service: 'old', planned: {} }),
      view({ id: 'id-own', port: 3010, service: 'own' }),
      view({ id: 'id-there', port: 3011, service: 'old', workspace: '/b', planned: {} }),
    ];
    assert.equal(await run.run('plan', '--json'), 0);
    assert.deepEqual((run.json() as { left: unknown }).left, [
      { service: 'old', port: 3009, id: 'id-old' },
    ]);
    assert.equal(run.coordinator.request('release'), undefined);
    const human = world();
    human.coordinator.allocations = run.coordinator.allocations;
    await human.run('plan');
    assert.match(human.stderr.join('\n'), /"old" left the plan.*3009: styxy release old/);
  });

  it('is content with a plan without services', async () => {
    const run = world('{}');
    assert.equal(await run.run('plan'), 0);
    assert.deepEqual(run.stdout, []);
    assert.match(run.stderr.join('\n'), /declares no services/);
  });

  it('says how to make a plan where there is none', async () => {
    const run = new FakeWorld();
    assert.equal(await run.run('plan', '--json'), 2);
    assert.equal(errorOf(run).code, 'invalid_config');
    assert.match(errorOf(run).message, /no styxy\.json in \/home\/me\/shop.*"type": "dev"/);
    assert.equal(run.coordinator.request('allocatePlan'), undefined);
  });

  it('is about the workspace that is named', async () => {
    const run = new FakeWorld();
    run.plans.set('/b', PLAN);
    assert.equal(await run.run('plan', '--project', '/b'), 0);
    assert.equal(
      (run.coordinator.request('allocatePlan') as { workspace: string }).workspace,
      '/b',
    );
  });

  it('tells all that is wrong in a plan, with the lines', async () => {
    const bad = '{\n  "services": {\n    "web": { "port": 80 },\n    "../x": {}\n  }\n}';
    const json = world(bad);
    assert.equal(await json.run('plan', '--json'), 2);
    const { code, details } = errorOf(json);
    assert.equal(code, 'invalid_config');
    assert.ok(Array.isArray(details.problems));
    assert.deepEqual(
      details.problems.map(({ severity, line }: Record<string, unknown>) => [severity, line]),
      [
        ['error', 3],
        ['error', 4],
      ],
    );
    const human = world(bad);
    assert.equal(await human.run('plan'), 2);
    assert.match(
      human.stderr.join('\n'),
      /^~\/shop\/styxy\.json:3:22: error: services\.web\.port: /m,
    );
    assert.match(human.stderr.join('\n'), /^~\/shop\/styxy\.json:4:5: error: /m);
    assert.match(human.stderr.join('\n'), /^styxy: The plan .* cannot be used/m);
  });

  it('tells warnings, and goes on', async () => {
    const run = world('{ "services": { "web": {} }, "servcies": {} }');
    assert.equal(await run.run('plan'), 0);
    assert.match(run.stderr.join('\n'), /styxy\.json:1:30: warning: servcies: /);
  });

  it('passes on why a plan cannot be allocated', async () => {
    const run = world();
    run.coordinator.refusal = new StyxyError('port_in_use', 'Taken.');
    assert.equal(await run.run('plan', '--json'), 3);
    assert.equal(errorOf(run).code, 'port_in_use');
  });

  it('cannot check and write at once', async () => {
    const run = world();
    assert.equal(await run.run('plan', '--check', '--write', '--json'), 2);
    assert.equal(errorOf(run).code, 'invalid_argument');
    assert.deepEqual(run.connected, []);
  });
});
