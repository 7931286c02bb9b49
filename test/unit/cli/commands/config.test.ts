import assert from 'node:assert/strict';
import { BUILT_IN_CATALOGUE, type ServiceType } from '../../../../src/core/domain/catalogue';
import type { FileProblem } from '../../../../src/core/domain/configuration';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { ConfigurationView } from '../../../../src/core/messages/requests';
import { CONFIG, FakeWorld, HERE, view } from '../support/fakes';

const [DEV] = [...BUILT_IN_CATALOGUE.values()];
const GRAFANA: ServiceType = {
  name: 'grafana',
  range: { first: 11_510, last: 11_519 },
  preferred: [11_510, 11_511, 11_512, 11_513],
  instanceBehavior: 'multi',
  protocol: 'http',
  description: 'Found by Styxy for "grafana"',
  examples: [],
  origin: 'auto-allocated',
};

function configuration(over: Partial<ConfigurationView> = {}): ConfigurationView {
  return {
    path: CONFIG,
    types: [...(DEV === undefined ? [] : [DEV]), GRAFANA],
    autoAllocation: {
      enabled: true,
      chunkSize: 10,
      placement: 'after',
      minPort: 10_000,
      maxPort: 49_151,
      preserveGaps: true,
      gapSize: 10,
      rules: [{ pattern: 'mon*' }],
    },
    templates: [
      {
        name: 'dev',
        description: 'Branches',
        offset: 1,
        offsets: { api: -2 },
        branches: ['dev/*'],
      },
    ],
    reservations: [{ port: 3050, name: 'printer', reason: 'It is old.' }],
    problems: [],
    ...over,
  };
}

function world(over: Partial<ConfigurationView> = {}): FakeWorld {
  const made = new FakeWorld();
  made.coordinator.configuration = configuration(over);
  return made;
}

function errorOf(run: FakeWorld): { code: string; message: string } {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy config path', () => {
  it('prints the path alone, and says where it is not there yet', async () => {
    const missing = new FakeWorld();
    assert.equal(await missing.run('config', 'path'), 0);
    assert.deepEqual(missing.stdout, [CONFIG]);
    assert.match(missing.stderr.join('\n'), /does not exist yet/);

    const there = new FakeWorld();
    there.configurations.set(CONFIG, '{}');
    assert.equal(await there.run('config', 'path'), 0);
    assert.deepEqual([there.stdout, there.stderr], [[CONFIG], []]);
    assert.deepEqual(there.connected, []);
  });

  it('tells programs whether it exists, also if it cannot be read', async () => {
    const contents = [undefined, '{}', new StyxyError('storage_unavailable', 'No.')];
    const expected = [false, true, true];
    for (const [index, content] of contents.entries()) {
      const run = new FakeWorld();
      if (content !== undefined) {
        run.configurations.set(CONFIG, content);
      }
      await run.run('config', 'path', '--json');
      assert.deepEqual(run.json(), { path: CONFIG, exists: expected[index] });
    }
  });
});

describe('styxy config show', () => {
  it('prints everything that is in force as one object', async () => {
    const problem = {
      severity: 'warning' as const,
      path: ['service_types', 'dev'],
      offset: 20,
      length: 3,
      message: 'It overlaps.',
    };
    const run = world({ problems: [problem] });
    assert.equal(await run.run('config', 'show', '--json'), 0);
    assert.deepEqual(run.json(), {
      ...configuration(),
      problems: [{ severity: 'warning', path: 'service_types.dev', message: 'It overlaps.' }],
    });
    assert.deepEqual(run.stderr, []);
  });

  it('prints tables to people', async () => {
    const run = world();
    await run.run('config', 'show');
    const text = run.stdout.join('\n');
    assert.match(text, /^File {2}~\/\.styxy\/config\.json$/m);
    assert.match(text, /^dev +3000-3099 +3000 3001 3002 3003 +multi +http +built-in$/m);
    assert.match(text, /^grafana +11510-11519 .*auto-allocated$/m);
    assert.match(text, /^Bounds +10000-49151$/m);
    assert.match(text, /^Rules +mon\*$/m);
    assert.match(text, /^dev +\+1 +api -2 +dev\/\* +Branches$/m);
    assert.match(text, /^3050 +printer +It is old\.$/m);
  });

  it('leaves empty sections out', async () => {
    const run = world({ templates: [], reservations: [] });
    await run.run('config', 'show');
    assert.doesNotMatch(run.stdout.join('\n'), /Templates|Reservations/);
  });

  it('tells people what is wrong in the file, and that it is not in force', async () => {
    const run = world({
      problems: [
        { severity: 'error', path: ['recovery'], offset: 0, length: 0, message: 'No \u001b[2J.' },
      ],
    });
    assert.equal(await run.run('config', 'show'), 0);
    const text = run.stderr.join('\n');
    assert.match(text, /error: ~\/\.styxy\/config\.json: recovery: No \?\[2J\./);
    assert.match(text, /stays in force/);
    assert.match(text, /styxy config validate/);
  });

  it('names a leader that is too old to tell', async () => {
    for (const args of [
      ['config', 'show'],
      ['config', 'instances'],
      ['config', 'auto-allocation', 'status'],
      ['config', 'auto-allocation', 'list'],
      ['config', 'auto-allocation', 'enable'],
    ]) {
      const run = new FakeWorld();
      assert.equal(await run.run(...args, '--json'), 5);
      assert.equal(errorOf(run).code, 'protocol_mismatch');
      assert.match(errorOf(run).message, /window "shop" \(pid 41\).*Reload/);
    }
  });
});

describe('styxy config instances', () => {
  it('lists the templates', async () => {
    const run = world();
    assert.equal(await run.run('config', 'instances', '--json'), 0);
    assert.deepEqual(run.json(), { templates: configuration().templates });
    const human = world();
    await human.run('config', 'instances');
    assert.deepEqual(human.stdout, [
      'TEMPLATE  OFFSET  OFFSETS  BRANCHES  DESCRIPTION',
      'dev           +1  api -2   dev/*     Branches',
    ]);
  });

  it('says that there are none', async () => {
    const run = world({ templates: [] });
    assert.equal(await run.run('config', 'instances'), 0);
    assert.deepEqual(run.stdout, []);
    assert.match(run.stderr.join('\n'), /no templates/);
  });
});

describe('styxy config auto-allocation', () => {
  it('shows how it chooses', async () => {
    const run = world();
    assert.equal(await run.run('config', 'auto-allocation', 'status', '--json'), 0);
    assert.deepEqual(run.json(), { ...configuration().autoAllocation, types: 1, path: CONFIG });
    const human = world();
    await human.run('config', 'auto-allocation', 'status');
    assert.deepEqual(human.stdout, [
      'Enabled      yes',
      'Chunk        10 ports',
      'Placement    after',
      'Bounds       10000-49151',
      'Gaps         10 ports',
      'Rules        mon*',
      'Types found  1',
    ]);
  });

  it('lists what was found, with what is in use of it', async () => {
    const run = world();
    run.coordinator.allocations = [
      view({ port: 11_510, serviceType: 'grafana' }),
      view({ port: 11_520, serviceType: 'dev' }),
    ];
    await run.run('config', 'auto-allocation', 'list', '--json');
    const { name, range } = GRAFANA;
    assert.deepEqual(run.json(), { types: [{ name, range, size: 10, used: 1 }] });
    const human = world();
    await human.run('config', 'auto-allocation', 'list');
    assert.deepEqual(human.stdout, ['TYPE     RANGE        USED', 'grafana  11510-11519  0 of 10']);
    const none = world({ types: [] });
    assert.equal(await none.run('config', 'auto-allocation', 'list'), 0);
    assert.match(none.stderr.join('\n'), /No type was auto-allocated/);
  });

  for (const [command, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    it(`${command}s it`, async () => {
      const run = world();
      assert.equal(await run.run('config', 'auto-allocation', command, '--json'), 0);
      assert.deepEqual(run.coordinator.request('setAutoAllocation'), { enabled });
      assert.deepEqual(run.json(), { enabled, path: CONFIG });
      const human = world();
      await human.run('config', 'auto-allocation', command);
      assert.match(human.stdout.join('\n'), enabled ? / is on: / : / is off: /);
      assert.match(human.stderr.join('\n'), /~\/\.styxy\/config\.json/);
    });
  }

  it('takes a range back', async () => {
    const run = world();
    assert.equal(await run.run('config', 'auto-allocation', 'undo', 'grafana', '--json'), 0);
    assert.deepEqual(run.coordinator.request('undoAutoAllocation'), { serviceType: 'grafana' });
    assert.deepEqual(run.json(), {
      undone: { serviceType: 'grafana', range: { first: 11_510, last: 11_519 } },
    });
    const human = world();
    await human.run('config', 'auto-allocation', 'undo', 'grafana');
    assert.deepEqual(human.stdout, ['Taken back.']);
  });

  it('passes on why a range cannot be taken back', async () => {
    const run = world();
    const held = [{ id: 'x', port: 11_510, service: 'grafana', workspace: HERE }];
    run.coordinator.refusal = new StyxyError('port_in_use', 'Held.', { details: { held } });
    assert.equal(await run.run('config', 'auto-allocation', 'undo', 'grafana', '--json'), 3);
    assert.deepEqual(errorOf(run), {
      code: 'port_in_use',
      message: 'Held.',
      details: { held },
      retryable: false,
    });
    assert.equal(await world().run('config', 'auto-allocation', 'undo', '../x', '--json'), 2);
  });
});

describe('what is wrong with config.json', () => {
  const problem: FileProblem = {
    severity: 'error',
    path: ['service_types'],
    offset: 0,
    length: 1,
    message: '"service_types" is 1, not an object in braces.',
  };

  async function note(problems: readonly FileProblem[], ...args: string[]): Promise<string> {
    const world = new FakeWorld();
    world.coordinator.configuration = configuration({ problems });
    assert.equal(await world.run('port', 'web', ...args), 0);
    return world.stderr.join('\n');
  }

  it('is said beside a port that it may have changed, also to who reads JSON', async () => {
    for (const args of [[], ['--json']]) {
      assert.match(
        await note([problem], ...args),
        /config\.json has errors, so what was read before stays in force, or the defaults\. "service_types" is 1/,
      );
    }
    assert.doesNotMatch(await note([{ ...problem, severity: 'warning' }]), /config\.json/);
  });
});
