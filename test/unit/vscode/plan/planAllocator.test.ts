import assert from 'node:assert/strict';
import type { Role } from '../../../../src/core/messages/coordinator';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { Plan } from '../../../../src/core/domain/plan';
import type { PlanAnswer, PlanRequest } from '../../../../src/core/messages/requests';
import { PlanAllocator } from '../../../../src/vscode/plan/planAllocator';
import { FakeCoordinator } from '../../../support/fakeCoordinator';
import { SHOP, answerOf, logOf, planOf, settle } from './support';

type Request = Omit<PlanRequest, 'requestId'>;

const WEB = planOf({ services: { web: { type: 'dev', port: 5173, exact: true } } });
const REFUSED: PlanAnswer = {
  answers: [],
  refused: [{ service: 'web', error: new StyxyError('port_in_use', '5173 is taken.').toJSON() }],
};
const GRANTED: PlanAnswer = { answers: [answerOf('web', 5173)], refused: [] };

function stage(some: { plan?: Plan; allowed?: boolean } = {}) {
  const { log, lines } = logOf();
  const requests: Request[] = [];
  const answered: PlanAnswer[] = [];
  let answer: () => Promise<PlanAnswer> = () => Promise.resolve(GRANTED);
  const coordinator = Object.assign(new FakeCoordinator(), {
    allocatePlan: (request: Request) => {
      requests.push(request);
      return answer();
    },
  });
  let plan: Plan | undefined = some.plan;
  let allowed = some.allowed ?? true;
  let role: Role = { kind: 'follower', epoch: 1 };
  let plansChanged = (): void => undefined;
  let pushed = (): void => undefined;
  const allocator = new PlanAllocator({
    connection: {
      ready: () => Promise.resolve(coordinator),
      get role() {
        return role;
      },
      snapshot: undefined,
      onDidChange: (listener) => {
        pushed = listener;
        return { dispose: () => undefined };
      },
    },
    plans: {
      planOf: () => plan,
      templateOf: () => undefined,
      onDidChange: (listener) => {
        plansChanged = listener;
        return { dispose: () => undefined };
      },
    },
    folders: { current: [SHOP] },
    mayAllocate: () => allowed,
    answered: (_folder, _plan, it) => {
      answered.push(it);
      return Promise.resolve();
    },
    log,
  });
  return {
    allocator,
    requests,
    answered,
    lines,
    answers: (next: () => Promise<PlanAnswer>) => (answer = next),
    change: (next: Plan | undefined) => {
      plan = next;
      plansChanged();
    },
    allow: (next: boolean) => {
      allowed = next;
      allocator.look();
    },
    push: (next: Role) => {
      role = next;
      pushed();
    },
  };
}

describe('PlanAllocator', () => {
  it('asks once for a plan, for what can be granted', async () => {
    const { allocator, requests, answered, change, push } = stage({ plan: WEB });
    allocator.look();
    change(WEB);
    push({ kind: 'follower', epoch: 2 });
    await settle();
    allocator.look();
    await settle();
    assert.deepEqual(requests, [
      {
        workspace: SHOP.workspace,
        services: [{ service: 'web', serviceType: 'dev', port: 5173, exact: true }],
        partial: true,
      },
    ]);
    assert.deepEqual(answered, [GRANTED]);
  });

  it('asks again for a plan that changed, and not for one that is gone', async () => {
    const { requests, change } = stage({ plan: WEB });
    await settle();
    change(planOf({ services: { api: {} } }));
    await settle();
    change(undefined);
    await settle();
    assert.deepEqual(
      requests.map(({ services }) => services.map(({ service }) => service)),
      [['web'], ['api']],
    );
  });

  it('asks for nothing without trust or with the setting off, and once it may', async () => {
    const { requests, allow } = stage({ plan: WEB, allowed: false });
    await settle();
    assert.equal(requests.length, 0);
    allow(true);
    await settle();
    allow(false);
    allow(true);
    await settle();
    assert.equal(requests.length, 1);
  });

  it('asks the leader nothing for a plan without services', async () => {
    const { requests, answered } = stage({ plan: planOf({ services: {} }) });
    await settle();
    assert.equal(requests.length, 0);
    assert.deepEqual(answered, [{ answers: [], refused: [] }]);
  });

  it('hands on refusals, and tries again only with another leader', async () => {
    const { requests, answered, answers, push } = stage();
    assert.equal(requests.length, 0);
    const again = stage({ plan: WEB });
    again.answers(() => Promise.resolve(REFUSED));
    await settle();
    assert.deepEqual(again.answered, [REFUSED]);
    again.push({ kind: 'follower', epoch: 1 });
    again.push({ kind: 'connecting' });
    await settle();
    assert.equal(again.requests.length, 1);
    again.answers(() => Promise.resolve(GRANTED));
    again.push({ kind: 'follower', epoch: 2 });
    await settle();
    assert.deepEqual(again.answered, [REFUSED, GRANTED]);
    answers(() => Promise.resolve(GRANTED));
    push({ kind: 'follower', epoch: 2 });
    await settle();
    assert.equal(answered.length, 0);
  });

  it('tries again after a failure when the next leader came before it', async () => {
    const { requests, answered, answers, lines, push } = stage({ plan: WEB });
    answers(() => {
      answers(() => Promise.resolve(GRANTED));
      push({ kind: 'follower', epoch: 2 });
      return Promise.reject(new StyxyError('leader_unavailable', 'It is gone.'));
    });
    await settle();
    assert.match(lines.join(' '), /not allocated: leader_unavailable: It is gone\./);
    assert.equal(requests.length, 2);
    assert.deepEqual(answered, [GRANTED]);
  });

  it('drops the answer to a plan that changed meanwhile', async () => {
    const { answered, answers, change } = stage({ plan: WEB });
    let release = (): void => undefined;
    answers(() => new Promise((resolve) => (release = () => resolve(REFUSED))));
    await settle();
    answers(() => Promise.resolve(GRANTED));
    change(planOf({ services: { web: {} } }));
    release();
    await settle();
    assert.deepEqual(answered, [GRANTED]);
  });
});
