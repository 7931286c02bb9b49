import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { type FakeWorld, HERE, NOW, view } from '../support/fakes';
import { planned, RENDERED, world } from '../support/plans';

describe('styxy plan --check', () => {
  it('is content when all is as planned', async () => {
    const run = world();
    run.coordinator.allocations = planned();
    run.envFiles.set('.env.local', RENDERED);
    assert.equal(await run.run('plan', '--check', '--json'), 0);
    const { allocations, environment, ...rest } = run.json() as Record<string, unknown>;
    assert.ok(Array.isArray(allocations));
    assert.deepEqual(
      allocations.map(({ id }: Record<string, unknown>) => id),
      ['id-web', 'id-api', 'id-db'],
    );
    assert.equal((environment as Record<string, string>).PORT, '5173');
    assert.deepEqual(rest, {
      workspace: HERE,
      asPlanned: true,
      ports: { web: 5173, api: 8000, db: 5430 },
      missing: [],
      differing: [],
      left: [],
      files: [{ path: '.env.local', state: 'same', shadowed: [] }],
    });
    assert.equal(run.coordinator.request('allocatePlan'), undefined);
  });

  const differences: readonly {
    readonly name: string;
    readonly change: (run: FakeWorld) => void;
    readonly code: number;
    readonly told: RegExp;
  }[] = [
    {
      name: 'a service without a port',
      change: (run) => run.coordinator.allocations.pop(),
      code: 3,
      told: /Without a port: db\. Allocate them: styxy plan/,
    },
    {
      name: 'another port than the plan demands',
      change: (run) => {
        run.coordinator.allocations[0] = view({ id: 'id-web', port: 3000, planned: {} });
      },
      code: 3,
      told: /"web" has 3000, and its plan demands 5173: styxy move web 5173/,
    },
    {
      name: 'another type than the plan says',
      change: (run) => {
        run.coordinator.allocations[1] = view({ port: 8000, service: 'api', planned: {} });
      },
      code: 3,
      told: /"api" is of type dev, and its plan says api/,
    },
    {
      name: 'a service that left the plan',
      change: (run) => run.coordinator.allocations.push(view({ service: 'old', planned: {} })),
      code: 3,
      told: /"old" left the plan/,
    },
    {
      name: 'a file that would change',
      change: (run) => run.envFiles.delete('.env.local'),
      code: 3,
      told: /\.env\.local is not as planned/,
    },
    {
      name: 'a file that cannot be read',
      change: (run) => run.envFiles.set('.env.local', new StyxyError('permission_denied', 'No.')),
      code: 7,
      told: /^No\.$/m,
    },
    {
      name: 'a port that the plan only prefers',
      change: (run) => {
        const api = { id: 'id-api', port: 8001, service: 'api', serviceType: 'api' };
        run.coordinator.allocations[1] = view({ ...api, planned: {} });
        run.envFiles.set('.env.local', RENDERED.replace('8000', '8001'));
      },
      code: 0,
      told: /All is as planned/,
    },
  ];
  for (const { name, change, code, told } of differences) {
    it(`ends with ${code} for ${name}`, async () => {
      const run = world();
      run.coordinator.allocations = planned();
      run.envFiles.set('.env.local', RENDERED);
      change(run);
      assert.equal(await run.run('plan', '--check'), code);
      assert.match(run.stderr.join('\n'), told);
      assert.equal(run.coordinator.request('allocatePlan'), undefined);
    });
  }

  it('tells that a file changes as soon as its service has a port', async () => {
    const run = world();
    assert.equal(await run.run('plan', '--check', '--json'), 3);
    const { missing, files } = run.json() as Record<string, unknown>;
    assert.deepEqual(missing, ['web', 'api', 'db']);
    assert.deepEqual(files, [{ path: '.env.local', state: 'would-change', shadowed: [] }]);
  });

  it('shows services without a port in the table', async () => {
    const run = world();
    run.coordinator.allocations = planned().slice(0, 2);
    await run.run('plan', '--check');
    assert.deepEqual(run.stdout, [
      'SERVICE  PORT  TYPE  STATE     ENV',
      'web      5173  dev   reserved  STYXY_PORT_WEB PORT',
      'api      8000  api   reserved  STYXY_PORT_API',
      'db       none                  STYXY_PORT_DB',
    ]);
  });

  it('finds a shared port that is held here under another name', async () => {
    const run = world('{ "services": { "llm": { "type": "ai" } } }');
    const holder = { kind: 'window', label: 'b', pid: 5, since: NOW } as const;
    run.coordinator.allocations = [
      view({
        ...{ port: 11_430, serviceType: 'ai', service: 'rag', workspace: '/b', group: 'ai' },
        holders: [
          { ...holder, participant: 'p', workspace: '/b', service: 'rag' },
          { ...holder, participant: 'q', workspace: HERE, service: 'llm' },
        ],
      }),
    ];
    assert.equal(await run.run('plan', '--check'), 0);
    assert.match(run.stdout.join('\n'), /^llm +11430 +ai /m);
  });
});
