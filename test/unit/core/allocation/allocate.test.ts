import assert from 'node:assert/strict';
import { catalogueOf, type ServiceType } from '../../../../src/core/domain/catalogue';
import { A, B, Engine, granted, participant, refused, says } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

/** A type with ports 7000-7005 that prefers 7002 and 7003. */
const TINY: ServiceType = {
  name: 'tiny',
  range: { first: 7000, last: 7005 },
  preferred: [7002, 7003],
  instanceBehavior: 'multi',
  protocol: 'http',
  description: 'A type with few ports, for tests',
  examples: [],
  origin: 'configured',
};

let engine: Engine;

beforeEach(() => {
  engine = new Engine();
});

function withTiny(): void {
  const catalogue = catalogueOf([...DEFAULT_RULES.catalogue.values(), TINY]);
  engine.rules = { ...DEFAULT_RULES, catalogue };
}

describe('allocate: a new pair', () => {
  it('is held by whoever asked, with process and kind', () => {
    engine.caller = participant('run-7', { kind: 'cli', label: 'styxy port dev', pid: 4711 });
    const { allocation } = granted(engine.allocate({ service: 'dev' }));
    assert.deepEqual(
      allocation.holders.map(({ kind, pid }) => [kind, pid]),
      [['cli', 4711]],
    );
  });

  it('gets the first preferred port of its type, once the machine agrees', () => {
    const outcome = engine.allocate({ service: 'web', serviceType: 'dev' });
    const answer = granted(outcome);
    assert.deepEqual(outcome.probed, [3000]);
    assert.deepEqual(answer.allocation, {
      id: 'allocation-2',
      port: 3000,
      serviceType: 'dev',
      service: 'web',
      workspace: A,
      holders: [
        {
          participant: 'window-1',
          kind: 'window',
          label: 'window-1',
          pid: 100,
          since: engine.now,
        },
      ],
      allocatedAt: engine.now,
    });
    assert.equal(answer.existing, false);
    assert.equal(answer.attempts, 1);
    assert.deepEqual(answer.conflicts, []);
    says(answer.message, '"web" in /home/me/a has port 3000.');
    assert.deepEqual(
      engine.log.map(({ kind }) => kind),
      ['granted', 'answered'],
    );
  });

  it('goes through preferred ports, then the range in ascending order', () => {
    withTiny();
    const ports = ['s1', 's2', 's3', 's4', 's5', 's6'].map((service) =>
      engine.port(service, A, { serviceType: 'tiny' }),
    );
    assert.deepEqual(ports, [7002, 7003, 7000, 7001, 7004, 7005]);
  });

  it('never meets another workspace on a port', () => {
    assert.equal(engine.port('dev', A), 3000);
    assert.equal(engine.port('dev', B), 3001);
  });

  for (const [service, serviceType, first] of [
    ['ui', 'ui', 4045],
    ['docs', 'docs', 4190],
    ['functions', 'functions', 5060],
  ] as const) {
    it(`never gets port ${first}, which browsers refuse, from the range of ${serviceType}`, () => {
      const ports = Array.from({ length: 98 }, (_, index) =>
        engine.port(`${service}-${index}`, A, { serviceType }),
      );
      assert.ok(!ports.includes(first));
    });
  }

  it('never gets a reserved port', () => {
    engine.rules = { ...DEFAULT_RULES, reservations: new Map([[3000, 'the office printer']]) };
    assert.equal(engine.port('dev'), 3001);
  });

  it('skips busy ports and reports them in the order tried, with their processes', () => {
    engine.listen(3000, { pid: 12, command: 'node server.js', workspace: B });
    engine.listen(3001);
    engine.machine.set(3002, { kind: 'forbidden' });
    const answer = granted(engine.allocate({ service: 'dev' }));
    assert.equal(answer.allocation.port, 3003);
    assert.equal(answer.attempts, 4);
    assert.deepEqual(answer.conflicts, [
      { port: 3000, process: { pid: 12, command: 'node server.js', workspace: B } },
      { port: 3001 },
      { port: 3002, reason: 'forbidden' },
    ]);
  });

  it('adopts its own server, which listens already', () => {
    engine.listen(3000, { pid: 11, workspace: B });
    engine.listen(3001, { pid: 12, command: 'vite', workspace: A });
    const answer = granted(engine.allocate({ service: 'dev' }));
    assert.equal(answer.allocation.port, 3001);
    assert.equal(answer.adopted, true);
    assert.deepEqual(
      answer.conflicts.map(({ port }) => port),
      [3000],
    );
    says(answer.message, /own server listens there already: vite \(pid 12, in \/home\/me\/a\)/);
  });

  it('takes no server of an unknown owner for its own', () => {
    engine.listen(3000, { pid: 12 });
    assert.equal(engine.port('dev'), 3001);
  });

  it('asks for more candidates when the first ones are all busy', () => {
    for (let port = 3000; port < 3099; port += 1) {
      engine.listen(port);
    }
    const outcome = engine.allocate({ service: 'dev' });
    assert.equal(granted(outcome).allocation.port, 3099);
    assert.equal(granted(outcome).attempts, 100);
    assert.equal(outcome.probed.length, 100);
  });

  it('is refused with who holds what when nothing is left', () => {
    withTiny();
    engine.port('one', B, { serviceType: 'tiny' });
    engine.listen(7003, { pid: 12, command: 'node', workspace: B });
    engine.machine.set(7000, { kind: 'forbidden' });
    for (const port of [7001, 7004, 7005]) {
      engine.listen(port);
    }
    const error = refused(
      engine.allocate({ service: 'two', serviceType: 'tiny' }),
      'no_port_available',
      'type tiny (7000-7005)',
      'port 7003 is in use by node (pid 12, in /home/me/b)',
      'the system lets nobody listen on port 7000',
      'and 3 more',
      'styxy list',
    );
    assert.deepEqual(error.details.allocated, [
      { port: 7002, reason: 'allocated', pair: { workspace: B, service: 'one' } },
    ]);
    assert.equal((error.details.conflicts as unknown[]).length, 5);
    assert.equal(error.details.attempts, 5);
    assert.equal(error.retryable, true, 'who listens may stop');
  });

  it('is refused in words when the whole range is reserved', () => {
    withTiny();
    const ports = [7000, 7001, 7002, 7003, 7004, 7005];
    engine.rules = { ...engine.rules, reservations: new Map(ports.map((port) => [port, 'x'])) };
    refused(
      engine.allocate({ service: 'two', serviceType: 'tiny' }),
      'no_port_available',
      'every port of it is reserved',
    );
  });
});

describe('allocate: an existing pair', () => {
  it('keeps its allocation however old that is', () => {
    const { allocation } = granted(engine.allocate({ service: 'dev' }));
    engine.now += 365 * 24 * 60 * 60 * 1000;
    assert.equal(engine.port('dev', B), 3001);
    const again = granted(engine.allocate({ service: 'dev' }));
    assert.deepEqual([again.existing, again.allocation.id], [true, allocation.id]);
  });

  it('gets its port again, without events and without a look at the machine', () => {
    const first = granted(engine.allocate({ service: 'dev' }));
    const events = engine.log.length;
    engine.listen(3000, { pid: 12, workspace: A });
    const again = engine.allocate({ service: 'dev' });
    assert.deepEqual(granted(again).allocation, first.allocation);
    assert.equal(granted(again).existing, true);
    assert.equal(granted(again).attempts, 0);
    assert.deepEqual(again.probed, []);
    assert.equal(engine.log.length, events);
    says(granted(again).message, 'has port 3000 already.');
  });

  it('says how to move when another port was asked for', () => {
    engine.port('dev');
    const answer = granted(engine.allocate({ service: 'dev', port: 5173 }));
    assert.equal(answer.allocation.port, 3000);
    says(answer.message, '5173 was asked for.');
    says(answer.message, '"styxy move dev 5173"');
    says(answer.message, 'Move Port');
  });

  it('keeps its type, and says so, when another type was asked for', () => {
    engine.port('dev');
    const answer = granted(engine.allocate({ service: 'dev', serviceType: 'api' }));
    assert.equal(answer.allocation.serviceType, 'dev');
    says(answer.message, /stays of type dev.*release it.*api/);
  });

  it('is refused exactly another port, with its present one', () => {
    engine.port('dev');
    const error = refused(
      engine.allocate({ service: 'dev', port: 5173, exact: true }),
      'port_in_use',
      '"dev" in /home/me/a has port 3000 already',
      'styxy move dev 5173',
    );
    assert.equal(error.details.present, 3000);
    assert.equal(error.details.port, 5173);
  });

  it('gets exactly the port that it has', () => {
    engine.port('dev');
    const answer = granted(engine.allocate({ service: 'dev', port: 3000, exact: true }));
    assert.equal(answer.existing, true);
    says(answer.message, /has port 3000 already\.$/);
  });
});

describe('allocate: a port asked for', () => {
  it('is never a privileged one, whether a plan or a person asks', () => {
    for (const port of [22, 80, 1023]) {
      refused(engine.allocate({ service: 'dev', port }), 'invalid_argument');
      refused(engine.allocate({ service: 'dev', planned: { port } }), 'invalid_argument');
    }
    assert.equal(engine.port('dev', A, { port: 65_535 }), 65_535);
  });

  for (const port of [1024, 3050, 8000, 49_999, 65_535]) {
    it(`gives ${port}, inside the type's range, another's or none`, () => {
      const outcome = engine.allocate({ service: 'dev', port });
      assert.equal(granted(outcome).allocation.port, port);
      assert.equal(granted(outcome).allocation.serviceType, 'dev');
      assert.deepEqual(outcome.probed, [port]);
    });
  }

  for (const exact of [false, true]) {
    it(`refuses ports that browsers refuse (${exact ? 'exact' : 'not exact'})`, () => {
      refused(
        engine.allocate({ service: 'dev', port: 6000, exact }),
        'port_reserved',
        'Port 6000 is refused by browsers',
        'x11',
        'Ask for another port',
      );
    });

    it(`refuses reserved ports with the reason (${exact ? 'exact' : 'not exact'})`, () => {
      engine.rules = { ...DEFAULT_RULES, reservations: new Map([[9876, "Styxy's own HTTP"]]) };
      refused(
        engine.allocate({ service: 'dev', port: 9876, exact }),
        'port_reserved',
        "Port 9876 is reserved (Styxy's own HTTP)",
      );
    });
  }

  it('falls through when it is busy, and says who has it', () => {
    engine.listen(5173, { pid: 12, command: 'vite', workspace: B });
    const answer = granted(engine.allocate({ service: 'dev', port: 5173 }));
    assert.equal(answer.allocation.port, 3000);
    assert.equal(answer.movedFrom, undefined);
    assert.deepEqual(answer.conflicts[0]?.process?.pid, 12);
    says(answer.message, '5173 was asked for, but port 5173 is in use by vite (pid 12, in');
  });

  it('falls through when it is allocated, and names the workspace', () => {
    engine.port('web', B, { serviceType: 'dev', port: 5173 });
    const outcome = engine.allocate({ service: 'dev', port: 5173 });
    assert.equal(granted(outcome).allocation.port, 3000);
    assert.deepEqual(granted(outcome).conflicts, [
      { port: 5173, reason: 'allocated', pair: { workspace: B, service: 'web' } },
    ]);
    assert.deepEqual(outcome.probed, [3000]);
    says(granted(outcome).message, 'port 5173 is allocated to "web" in /home/me/b');
  });

  it('exactly: refuses a busy one with the process', () => {
    engine.listen(5173, { pid: 12, command: 'vite', workspace: B });
    const error = refused(
      engine.allocate({ service: 'dev', port: 5173, exact: true }),
      'port_in_use',
      'Port 5173 is in use by vite (pid 12, in /home/me/b)',
      'Stop that process',
    );
    assert.deepEqual(error.details.process, { pid: 12, command: 'vite', workspace: B });
    assert.equal(engine.log.length, 0);
  });

  it('exactly: refuses a busy one whose owner is unknown', () => {
    engine.listen(5173);
    refused(
      engine.allocate({ service: 'dev', port: 5173, exact: true }),
      'port_in_use',
      'a process that the system does not name',
    );
  });

  it('exactly: refuses an allocated one with workspace and holders, without a look', () => {
    engine.caller = participant('window-b', { label: 'b', pid: 77 });
    engine.port('web', B, { serviceType: 'dev' });
    const outcome = engine.allocate({ service: 'dev', port: 3000, exact: true });
    const error = refused(outcome, 'port_in_use', '"web" in /home/me/b', 'window "b" (pid 77)');
    assert.equal(error.details.workspace, B);
    assert.deepEqual(outcome.probed, []);
  });

  it('exactly: refuses one that the system keeps', () => {
    engine.machine.set(5173, { kind: 'forbidden' });
    refused(
      engine.allocate({ service: 'dev', port: 5173, exact: true }),
      'port_reserved',
      'cannot be bound',
    );
  });

  it('exactly: adopts its own server', () => {
    engine.listen(5173, { pid: 12, workspace: A });
    const answer = granted(engine.allocate({ service: 'dev', port: 5173, exact: true }));
    assert.equal(answer.allocation.port, 5173);
    assert.equal(answer.adopted, true);
  });
});

describe('allocate: the last port of a pair', () => {
  it('is got again after a release, before the type would choose', () => {
    engine.port('dev', A, { port: 3050 });
    engine.release({ port: 3050 });
    engine.now += 1;
    assert.equal(engine.port('dev'), 3050);
  });

  it('yields to a port asked for', () => {
    engine.port('dev', A, { port: 3050 });
    engine.release({ port: 3050 });
    const answer = granted(engine.allocate({ service: 'dev', port: 3060 }));
    assert.equal(answer.allocation.port, 3060);
    assert.equal(answer.movedFrom, undefined);
  });

  it('yields to the one that its plan names, which is no shift', () => {
    engine.port('dev', A, { port: 3050 });
    engine.release({ port: 3050 });
    const answer = granted(engine.allocate({ service: 'dev', planned: { port: 5173 } }));
    assert.equal(answer.allocation.port, 5173);
    assert.equal(answer.movedFrom, undefined);
    assert.equal(answer.allocation.movedFrom, undefined);
    assert.equal(answer.message, '"dev" in /home/me/a has port 5173.');
  });

  it('is got when the one that its plan names is busy, and the plan keeps its wish', () => {
    engine.port('dev', A, { port: 3050 });
    engine.release({ port: 3050 });
    engine.listen(5173, { pid: 12, command: 'vite', workspace: B });
    const answer = granted(engine.allocate({ service: 'dev', planned: { port: 5173 } }));
    assert.equal(answer.allocation.port, 3050);
    assert.equal(answer.wish, 5173);
    says(answer.message, 'Its plan names 5173, but port 5173 is in use by vite (pid 12');
  });

  it('comes second when the one asked for is busy', () => {
    engine.port('dev', A, { port: 3050 });
    engine.release({ port: 3050 });
    engine.listen(3060);
    const answer = granted(engine.allocate({ service: 'dev', port: 3060 }));
    assert.equal(answer.allocation.port, 3050);
    assert.equal(answer.movedFrom, undefined);
  });

  it('is never left silently: from where to where, why and who took it', () => {
    engine.port('dev', A, { port: 3050 });
    engine.release({ port: 3050 });
    engine.listen(3050, { pid: 12, command: 'node', workspace: B });
    const answer = granted(engine.allocate({ service: 'dev' }));
    assert.equal(answer.allocation.port, 3000);
    assert.equal(answer.movedFrom, 3050);
    assert.equal(answer.allocation.movedFrom, 3050);
    says(answer.message, 'moved from 3050 to 3000: port 3050 is in use by node (pid 12');
  });

  it('is never left silently when another pair has it', () => {
    engine.port('dev', A);
    engine.release({ port: 3000 });
    engine.now += 60_000;
    engine.port('web', B, { serviceType: 'dev', port: 3000 });
    const answer = granted(engine.allocate({ service: 'dev' }));
    assert.equal(answer.movedFrom, 3000);
    assert.deepEqual(answer.conflicts, [
      { port: 3000, reason: 'allocated', pair: { workspace: B, service: 'web' } },
    ]);
    says(answer.message, 'port 3000 is allocated to "web" in /home/me/b');
  });

  it('is left when it was reserved since', () => {
    engine.port('dev');
    engine.release({ port: 3000 });
    engine.rules = { ...DEFAULT_RULES, reservations: new Map([[3000, 'the printer']]) };
    const answer = granted(engine.allocate({ service: 'dev' }));
    assert.equal(answer.movedFrom, 3000);
    says(answer.message, 'port 3000 is reserved');
  });

  it('is not taken instead of exactly the port asked for', () => {
    engine.port('dev');
    engine.release({ port: 3000 });
    engine.listen(3060);
    refused(engine.allocate({ service: 'dev', port: 3060, exact: true }), 'port_in_use');
  });

  it('is given to others last, while their folder exists', () => {
    withTiny();
    engine.port('one', B, { serviceType: 'tiny' });
    engine.release({ port: 7002 }, { confirmed: true });
    engine.now += 60_000;
    const ports = ['s1', 's2', 's3', 's4', 's5', 's6'].map((service) =>
      engine.port(service, A, { serviceType: 'tiny' }),
    );
    assert.deepEqual(ports, [7003, 7000, 7001, 7004, 7005, 7002]);
  });

  it('is given to others at once when the folder is gone', () => {
    engine.port('dev', B);
    engine.release({ port: 3000 }, { confirmed: true });
    engine.now += 60_000;
    engine.goneFolders.add(B);
    assert.equal(engine.port('dev', A), 3000);
  });
});

describe('allocate: the 30 s after a release', () => {
  beforeEach(() => {
    withTiny();
    engine.port('one', B, { serviceType: 'tiny' });
    engine.release({ port: 7002 }, { confirmed: true });
  });

  for (const [after, port] of [
    [0, 7003],
    [29_999, 7003],
  ] as const) {
    it(`keep the port from other pairs (${after} ms)`, () => {
      engine.goneFolders.add(B);
      engine.now += after;
      assert.equal(engine.port('two', A, { serviceType: 'tiny' }), port);
    });
  }

  it('end after 30 s', () => {
    engine.goneFolders.add(B);
    engine.now += 30_000;
    assert.equal(engine.port('two', A, { serviceType: 'tiny' }), 7002);
  });

  it('do not concern the pair itself', () => {
    assert.equal(engine.port('one', B), 7002);
  });

  it('yield when nothing else is left, the longest ago first', () => {
    engine.now += 1_000;
    engine.port('early', B, { serviceType: 'tiny', port: 7004 });
    engine.port('late', B, { serviceType: 'tiny', port: 7000 });
    engine.release({ port: 7004 }, { confirmed: true });
    engine.now += 1;
    engine.release({ port: 7000 }, { confirmed: true });
    const ports = ['s1', 's2', 's3', 's4', 's5', 's6'].map((service) =>
      engine.port(service, A, { serviceType: 'tiny' }),
    );
    assert.deepEqual(ports, [7003, 7001, 7005, 7002, 7004, 7000]);
  });

  it('let a port asked for wait, and say so', () => {
    const answer = granted(engine.allocate({ service: 'dev', port: 7002 }));
    assert.equal(answer.allocation.port, 3000);
    assert.deepEqual(answer.conflicts, [
      { port: 7002, reason: 'released', pair: { workspace: B, service: 'one' } },
    ]);
    says(answer.message, '"one" in /home/me/b gave port 7002 up a moment ago');
  });

  it('let a port asked for come last, even outside the range', () => {
    for (let port = 3000; port < 3100; port += 1) {
      engine.listen(port);
    }
    const answer = granted(engine.allocate({ service: 'dev', port: 7002 }));
    assert.equal(answer.allocation.port, 7002);
    assert.ok(!answer.conflicts.some(({ port }) => port === 7002));
  });

  it('yield to exactly this port: nothing else is left then', () => {
    const answer = granted(engine.allocate({ service: 'dev', port: 7002, exact: true }));
    assert.equal(answer.allocation.port, 7002);
  });
});

describe('allocate: the type', () => {
  const type = (service: string, serviceType?: string) =>
    granted(engine.allocate({ service, ...(serviceType ? { serviceType } : {}) })).allocation
      .serviceType;

  it('is the one asked for, even for a service named like another', () => {
    assert.equal(type('api', 'dev'), 'dev');
  });

  it('is the one that the pair had last, before the one of its name', () => {
    type('api', 'dev');
    engine.release({ port: 3000 });
    assert.equal(type('api'), 'dev');
  });

  it('is the one of the name when the last one is in no catalogue any more', () => {
    withTiny();
    type('api', 'tiny');
    engine.release({ port: 7002 });
    engine.rules = DEFAULT_RULES;
    const answer = granted(engine.allocate({ service: 'api' }));
    assert.equal(answer.allocation.serviceType, 'api');
    assert.equal(answer.allocation.port, 7002);
  });

  it('is the one of the name', () => {
    assert.equal(type('database'), 'database');
  });

  it('is missing: refused with the types', () => {
    const error = refused(
      engine.allocate({ service: 'zzzzzz' }),
      'invalid_argument',
      '"zzzzzz" has no type',
      'dev, api, database',
    );
    assert.ok(!error.message.includes('Did you mean'));
    assert.equal((error.details.known as string[]).length, 17);
  });

  for (const [asked, meant] of [
    ['dve', 'dev'],
    ['Dev', 'dev'],
    ['databse', 'database'],
    ['story-book', 'storybook'],
    ['ap', 'api'],
  ] as const) {
    it(`is mistyped as ${asked}: asks whether ${meant} was meant`, () => {
      refused(engine.allocate({ service: asked }), 'invalid_argument', `Did you mean "${meant}"?`);
      switchOffAutoAllocation();
      const error = refused(
        engine.allocate({ service: 'web', serviceType: asked }),
        'invalid_argument',
        `There is no service type "${asked}"`,
        `Did you mean "${meant}"?`,
      );
      assert.equal(error.details.meant, meant);
    });
  }

  it('is unknown and like no other: names them all, and how to get a range', () => {
    switchOffAutoAllocation();
    const error = refused(
      engine.allocate({ service: 'web', serviceType: 'grafana' }),
      'invalid_argument',
      'There is no service type "grafana"',
      'Choose one of: dev',
      'styxy config auto-allocation enable',
    );
    assert.equal(error.details.meant, undefined);
  });

  function switchOffAutoAllocation(): void {
    const { rules } = engine;
    engine.rules = { ...rules, autoAllocation: { ...rules.autoAllocation, enabled: false } };
  }
});

describe('allocate: bad requests', () => {
  const bad: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['a service with control characters', { service: 'a\u001b[31m' }, 'service "a?[31m" is not'],
    ['an empty service', { service: '' }, 'service "" is not'],
    ['a huge service', { service: 'x'.repeat(5_000) }, 'x...'],
    ['a path as type', { serviceType: '../../etc' }, 'serviceType "../../etc"'],
    ['a port as a string', { port: '3000' }, 'port "3000" is not a whole number from 1024'],
    ['NaN', { port: NaN }, 'port NaN'],
    ['65536', { port: 65_536 }, 'port 65536'],
    ['a privileged port', { port: 80 }, 'port 80'],
    ['an object as port', { port: {} }, 'port an object'],
    ['a relative workspace', { workspace: 'here' }, 'workspace "here"'],
    ['no workspace', { workspace: undefined }, 'workspace undefined'],
    ['an empty request id', { requestId: '' }, 'requestId ""'],
    ['exact without a port', { exact: true }, 'exact was asked for without a port'],
  ];
  for (const [name, request, part] of bad) {
    it(`refuses ${name}`, () => {
      const outcome = engine.allocate({ service: 'dev', ...request });
      const error = refused(outcome, 'invalid_argument', part);
      assert.ok(error.message.length < 400);
      assert.equal(engine.log.length, 0);
    });
  }

  it('refuses everything while the state needs a resync, and says when to ask again', () => {
    engine.port('dev');
    engine.state = { ...engine.state, needsResync: true };
    const error = refused(engine.allocate({ service: 'dev' }), 'leader_unavailable', 'Ask again');
    assert.equal(error.retryable, true);
  });
});
