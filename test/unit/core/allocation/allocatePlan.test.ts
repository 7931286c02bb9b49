import assert from 'node:assert/strict';
import { decideAllocatePlan, planRefusal } from '../../../../src/core/allocation/allocatePlan';
import { catalogueOf } from '../../../../src/core/domain/catalogue';
import type { DecisionContext, Decision } from '../../../../src/core/allocation/decision';
import type { PortFinding } from '../../../../src/core/host/interfaces';
import { invariants } from '../../../../src/core/state/invariants';
import { apply } from '../../../../src/core/state/apply';
import { allocationOf } from '../../../../src/core/state/state';
import type {
  PlanAnswer,
  PlanRequest,
  PlanRequestService,
} from '../../../../src/core/messages/requests';
import { A, B, Engine, granted, refused, says, type Outcome } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

const WEB: PlanRequestService = { service: 'web', serviceType: 'dev', port: 5173 };
const API: PlanRequestService = { service: 'api' };

describe('a plan', () => {
  let engine: Engine;
  let asked: number;

  beforeEach(() => {
    engine = new Engine();
    asked = 0;
  });

  afterEach(() => {
    assert.deepEqual(invariants(engine.state), []);
  });

  function decide(
    request: PlanRequest,
    seen: Partial<DecisionContext> = {},
    number = asked,
  ): Decision<PlanAnswer> {
    const { now, caller, connected, goneFolders, rules } = engine;
    const context: DecisionContext = {
      now,
      caller,
      connected,
      goneFolders,
      findings: new Map(),
      branches: new Map(),
      newId: (index) => `planned-${number}-${index}`,
      ...seen,
    };
    return decideAllocatePlan(engine.state, request, context, rules);
  }

  /** As the coordinator does it: looks at the engine's machine until there is an answer. */
  function plan(
    services: readonly PlanRequestService[],
    more: Partial<PlanRequest> = {},
  ): Outcome<PlanAnswer> {
    asked += 1;
    const request = { requestId: `plan-${asked}`, workspace: A, services, ...more };
    const findings = new Map<number, PortFinding>();
    const branches = new Map<string, string | undefined>();
    for (;;) {
      const listening = new Set(engine.machine.keys());
      const decision = decide(request, { findings, branches, listening });
      switch (decision.kind) {
        case 'probe':
          for (const port of decision.candidates) {
            findings.set(port, engine.machine.get(port) ?? { kind: 'free' });
          }
          break;
        case 'branch':
          branches.set(decision.workspace, engine.branches.get(decision.workspace));
          break;
        case 'listeners':
          throw new Error('The listeners were named.');
        case 'answer':
          engine.state = decision.events.reduce(apply, engine.state);
          engine.log.push(...decision.events);
          return { ...decision, probed: [...findings.keys()] };
        case 'refuse':
          return { ...decision, probed: [...findings.keys()] };
      }
    }
  }

  function ports(services: readonly PlanRequestService[], more: Partial<PlanRequest> = {}) {
    return granted(plan(services, more)).answers.map(({ allocation }) => allocation.port);
  }

  it('is allocated in the order in which it was written', () => {
    const { answers, refused: none } = granted(plan([API, WEB]));
    assert.deepEqual(
      answers.map(({ allocation }) => [allocation.service, allocation.port, allocation.planned]),
      [
        ['api', 8000, {}],
        ['web', 5173, { port: 5173 }],
      ],
    );
    assert.deepEqual(none, []);
    assert.equal(new Set(answers.map(({ allocation }) => allocation.id)).size, 2);
  });

  it('is refused as a whole, with the code and the service', () => {
    engine.listen(5173, { pid: 12, command: 'vite' });
    const before = engine.state;
    const outcome = plan([API, { ...WEB, exact: true }]);
    const error = refused(outcome, 'port_in_use', '"web"', 'Nothing of the plan', 'vite (pid 12)');
    assert.equal(error.details.service, 'web');
    assert.equal(error.details.port, 5173);
    assert.equal(engine.state, before);
  });

  it('gives what it can when a part is enough, and tells the rest in order', () => {
    engine.listen(5173);
    const exact = { ...WEB, exact: true };
    const outcome = plan([{ service: 'unheard-of' }, API, exact], { partial: true });
    const { answers, refused: rest } = granted(outcome);
    assert.deepEqual(
      answers.map(({ allocation }) => allocation.service),
      ['api'],
    );
    assert.deepEqual(
      rest.map(({ service, error }) => [service, error.code]),
      [
        ['unheard-of', 'invalid_argument'],
        ['web', 'port_in_use'],
      ],
    );
    assert.equal(allocationOf(engine.state, A, 'web'), undefined);
  });

  it('is not answered in part while the state needs a resync: it is to be asked again', () => {
    engine.state = { ...engine.state, needsResync: true };
    const error = refused(plan([WEB, API], { partial: true }), 'leader_unavailable', 'Ask again');
    assert.equal(error.retryable, true);
  });

  it('keeps with each allocation how it is checked, and follows what changes of it', () => {
    const noteOf = (service: PlanRequestService): unknown =>
      granted(plan([service])).answers[0]?.allocation.planned;
    const web = { service: 'web', serviceType: 'dev', health: '/healthz' } as const;
    assert.deepEqual(noteOf(web), { health: '/healthz' });
    assert.deepEqual(noteOf({ ...web, protocol: 'https' }), {
      health: '/healthz',
      protocol: 'https',
    });
    const { service, serviceType } = web;
    assert.deepEqual(noteOf({ service, serviceType }), {});
    refused(plan([{ ...web, health: '//elsewhere/' }]), 'invalid_argument', '"web"', 'health');
  });

  it('gives no planned port to a service without one', () => {
    assert.deepEqual(ports([{ service: 'dev' }, { ...WEB, port: 3000 }]), [3001, 3000]);
  });

  it('gives an exact port before one that is only wished for', () => {
    const wish = { service: 'dev', port: 3000 };
    assert.deepEqual(ports([wish, { ...WEB, port: 3000, exact: true }]), [3001, 3000]);
  });

  it('keeps a planned port for its service when another one’s is taken', () => {
    engine.listen(9999);
    const services = [
      { service: 'dev', port: 9999 },
      { ...WEB, port: 3000 },
    ];
    assert.deepEqual(ports(services), [3001, 3000]);
  });

  it('keeps a planned port for its service while that has another', () => {
    engine.listen(3000);
    const web = { ...WEB, port: 3000 };
    assert.deepEqual(ports([web]), [3001]);
    engine.machine.clear();
    const { answers } = granted(plan([web, { service: 'dev' }]));
    assert.equal(answers[0]?.wish, 3000);
    assert.equal(answers[1]?.allocation.port, 3002);
  });

  it('is answered the same when it is asked again with the same request id', () => {
    engine.listen(5173);
    const services = [API, WEB, { service: 'grafana', serviceType: 'grafana' }];
    const first = granted(plan(services, { requestId: 'again' }));
    const before = engine.state;
    assert.equal(first.answers[1]?.wish, 5173);
    assert.deepEqual(granted(plan(services, { requestId: 'again' })), first);
    assert.equal(engine.state, before);
  });

  describe('whose port changed', () => {
    it('moves the service when nothing listens on the old one', () => {
      ports([WEB]);
      const { answers } = granted(plan([{ ...WEB, port: 5200 }]));
      assert.equal(answers[0]?.allocation.port, 5200);
      assert.equal(answers[0]?.movedFrom, 5173);
      assert.equal(answers[0]?.allocation.movedBecause, 'its plan names 5200 now');
      says(answers[0]?.message ?? '', 'moved from 5173 to 5200');
    });

    it('leaves the service where it listens, and offers the port', () => {
      ports([WEB]);
      engine.listen(5173, { pid: 12, workspace: A });
      const { answers } = granted(plan([{ ...WEB, port: 5200 }]));
      assert.equal(answers[0]?.allocation.port, 5173);
      assert.equal(answers[0]?.wish, 5200);
      engine.machine.clear();
      assert.equal(granted(plan([{ ...WEB, port: 5200 }])).answers[0]?.allocation.port, 5173);
    });

    it('leaves the service when the new one is another’s, busy, reserved or cooling', () => {
      ports([WEB]);
      engine.port('other', B, { serviceType: 'dev', port: 5200 });
      engine.listen(5201);
      engine.port('past', B, { serviceType: 'dev', port: 5202 });
      engine.release({ port: 5202 }, { confirmed: true });
      for (const port of [5200, 5201, 5202, 6000]) {
        const { answers } = granted(plan([{ ...WEB, port }]));
        assert.equal(answers[0]?.wish, port);
        assert.equal(answers[0]?.allocation.port, 5173);
      }
    });

    it('follows its own server to the new one', () => {
      ports([WEB]);
      engine.listen(5200, { pid: 12, workspace: A });
      assert.deepEqual(ports([{ ...WEB, port: 5200 }]), [5200]);
    });

    it('stays when it names none any more', () => {
      ports([WEB]);
      const { answers } = granted(plan([{ service: 'web' }]));
      assert.equal(answers[0]?.allocation.port, 5173);
      assert.deepEqual(answers[0]?.allocation.planned, {});
      assert.equal(answers[0]?.wish, undefined);
    });
  });

  it('only offers its port when it did not change', () => {
    engine.listen(5173);
    assert.deepEqual(ports([WEB]), [3000]);
    engine.machine.clear();
    const events = engine.log.length;
    const outcome = plan([WEB]);
    const { answers } = granted(outcome);
    assert.equal(answers[0]?.allocation.port, 3000);
    assert.equal(answers[0]?.wish, 5173);
    assert.deepEqual(outcome.probed, []);
    assert.equal(engine.log.length, events);
  });

  it('moves what was allocated by hand before', () => {
    engine.port('web', A, { serviceType: 'dev' });
    assert.deepEqual(ports([WEB]), [5173]);
    assert.deepEqual(allocationOf(engine.state, A, 'web')?.planned, { port: 5173 });
  });

  it('a service with an exact port moves there, or is refused', () => {
    engine.port('web', A, { serviceType: 'dev' });
    const exact = { ...WEB, exact: true };
    engine.listen(5173);
    refused(plan([exact]), 'port_in_use', '5173', '"web"');
    engine.machine.clear();
    assert.deepEqual(ports([exact]), [5173]);
  });

  it('joins what is shared', () => {
    const ai = DEFAULT_RULES.catalogue.get('ai');
    assert.ok(ai);
    engine.rules = {
      ...DEFAULT_RULES,
      catalogue: catalogueOf([{ ...ai, instanceBehavior: 'single' }]),
    };
    const services = [
      { service: 'rag', serviceType: 'ai' },
      { service: 'ollama', serviceType: 'ai', port: 11_480 },
    ];
    const { answers } = granted(plan(services));
    const [rag, ollama] = answers;
    assert.equal(rag?.allocation.id, ollama?.allocation.id);
    assert.equal(rag?.allocation.port, 11_480);
    assert.equal(rag?.shared?.holders, 2);
    const [other] = granted(plan(services, { workspace: B })).answers;
    assert.equal(other?.allocation.id, rag?.allocation.id);
    assert.equal(other?.wish, undefined);
  });

  it('gives two worktrees different ports', () => {
    const first = ports([WEB, API]);
    const second = ports([WEB, API], { workspace: B });
    assert.deepEqual(first, [5173, 8000]);
    assert.deepEqual(second, [3000, 8001]);
  });

  it('shifts by the template that it names', () => {
    const dev = { name: 'dev', offset: 1, offsets: new Map(), branches: [] };
    engine.rules = { ...DEFAULT_RULES, templates: new Map([['dev', dev]]) };
    assert.deepEqual(ports([API], { template: 'dev' }), [8001]);
  });

  it('a plan that names a service twice is refused, also in part', () => {
    const error = refused(
      plan([API, WEB, API], { partial: true }),
      'invalid_argument',
      '"api" twice',
    );
    assert.equal(error.details.service, 'api');
  });

  it('needs a request id with room for a number', () => {
    assert.equal(planRefusal({ requestId: 'x', workspace: A, services: [] }), undefined);
    refused(plan([API], { requestId: '' }), 'invalid_argument', 'requestId');
    refused(plan([API], { requestId: 'x'.repeat(127) }), 'invalid_argument', 'requestId');
  });

  it('asks for what its services ask for', () => {
    const ask = (service: PlanRequestService) =>
      decide({ requestId: 'ask', workspace: A, services: [service] }).kind;
    assert.equal(ask(API), 'probe');
    assert.equal(ask({ service: 'x', serviceType: 'grafana' }), 'listeners');
    const main = { name: 'main', offset: 0, offsets: new Map(), branches: ['main'] };
    engine.rules = { ...DEFAULT_RULES, templates: new Map([['main', main]]) };
    assert.equal(ask(API), 'branch');
  });
});
