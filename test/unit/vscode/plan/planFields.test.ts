import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import {
  answersByService,
  movedPorts,
  portsOf,
  portsText,
  refusalText,
  shiftText,
} from '../../../../src/vscode/text/planAnswers';
import { FileConsent } from '../../../../src/vscode/plan/fileConsent';
import { leaversOf } from '../../../../src/vscode/plan/leavers';
import { KeptSet } from '../../../../src/vscode/plan/decisions';
import { planFields, planServices } from '../../../../src/vscode/plan/planFields';
import { allocationView } from '../../../support/views';
import { SHOP, answerOf, memoryOf, planOf } from './support';

const { workspace } = SHOP;
const PLAN = planOf({ services: { web: { port: 5173 }, api: { type: 'api' }, db: {} } });
const taken = {
  service: 'api',
  error: new StyxyError('port_in_use', '8000 is taken.').toJSON(),
};

describe('planFields', () => {
  it('names what the plan says of a service, and nothing for others', () => {
    assert.deepEqual(planFields(PLAN, 'web', undefined), { planned: { port: 5173 } });
    assert.deepEqual(planFields(PLAN, 'api', 'dev'), {
      serviceType: 'api',
      planned: {},
      template: 'dev',
    });
    assert.deepEqual(planFields(PLAN, 'other', undefined), {});
    assert.deepEqual(planFields(undefined, 'web', 'dev'), { template: 'dev' });
    assert.deepEqual(planServices(PLAN), [
      { service: 'web', port: 5173 },
      { service: 'api', serviceType: 'api' },
      { service: 'db' },
    ]);
  });
});

describe('answers to a plan', () => {
  const answer = { answers: [answerOf('web', 5173), answerOf('shared', 5432)], refused: [taken] };

  it('belong to the services that were not refused, in the order of the plan', () => {
    assert.deepEqual([...answersByService(PLAN, answer).keys()], ['web', 'db']);
    assert.equal(portsText(portsOf(PLAN, answer)), 'web 5173, db 5432');
  });

  it('follow a move, in this workspace only', () => {
    const ports = new Map([['web', 5173]]);
    const moved = allocationView({ port: 5174 });
    assert.deepEqual(movedPorts(ports, workspace, [moved]), new Map([['web', 5174]]));
    assert.equal(movedPorts(ports, workspace, [allocationView({ port: 5173 })]), undefined);
    assert.equal(movedPorts(ports, '/home/me/docs', [moved]), undefined);
    assert.equal(movedPorts(ports, workspace, []), undefined);
  });

  it('are told with every refusal and every shift', () => {
    assert.equal(refusalText('shop', []), '');
    assert.equal(
      refusalText('shop', [taken]),
      'The plan of shop got no port for api. 8000 is taken.',
    );
    assert.match(
      refusalText('shop', [taken, { ...taken, service: 'db' }]),
      /for 2 services\. api: 8000 is taken\. db: 8000 is taken\.$/,
    );
    const shifted = answerOf('web', 5174, { movedFrom: 5173 });
    assert.match(
      shiftText('shop', PLAN, { answers: [shifted], refused: [] }),
      /web from 5173 to 5174\.$/,
    );
    const told = { answers: [{ ...shifted, existing: true }], refused: [] };
    assert.equal(shiftText('shop', PLAN, told), '');
  });
});

describe('leaversOf', () => {
  const old = allocationView({ service: 'old', planned: {} });
  const all = [
    old,
    allocationView({ planned: { port: 5173 } }),
    allocationView({ service: 'by-hand' }),
    allocationView({ service: 'old', workspace: '/home/me/docs', planned: {} }),
  ];

  it('are what the plan made here and does not declare any more', () => {
    const state = { kind: 'read', plan: PLAN, text: '', problems: [] } as const;
    assert.deepEqual(leaversOf(state, workspace, all), [old]);
  });

  it('are all that it made when it is gone', () => {
    const left = leaversOf({ kind: 'absent' }, workspace, all);
    assert.deepEqual(
      left.map(({ service }) => service),
      ['old', 'web'],
    );
  });

  it('are none while the plan is broken or unread', () => {
    const error = new StyxyError('invalid_config', 'Broken.');
    assert.deepEqual(leaversOf({ kind: 'refused', error, problems: [] }, workspace, all), []);
    assert.deepEqual(leaversOf({ kind: 'unread' }, workspace, all), []);
  });
});

describe('KeptSet', () => {
  it('keeps a text once, over windows, and the last 200', () => {
    const memory = memoryOf();
    for (let id = 0; id <= 200; id += 1) {
      new KeptSet(memory, 'k').add(String(id));
      new KeptSet(memory, 'k').add(String(id));
    }
    const kept = new KeptSet(memory, 'k');
    assert.deepEqual([kept.has('0'), kept.has('1'), kept.has('200')], [false, true, true]);
    assert.ok(!new KeptSet(memory, 'other').has('1'));
  });

  it('bears a memory of any shape', () => {
    assert.ok(!new KeptSet(memoryOf({ k: { a: 1 } }), 'k').has('a'));
    assert.ok(new KeptSet(memoryOf({ k: [1, 'a'] }), 'k').has('a'));
  });
});

describe('FileConsent', () => {
  it('is for a folder and its list of paths; "never" is for all', async () => {
    const memory = memoryOf();
    await new FileConsent(memory).remember(workspace, ['.env', 'api/.env'], 'write');
    const consent = new FileConsent(memory);
    assert.equal(consent.answerOf(workspace, ['.env']), 'write');
    assert.equal(consent.answerOf(workspace, ['.env', '.env.local']), undefined);
    assert.equal(consent.answerOf('/home/me/docs', ['.env']), undefined);
    await consent.remember(workspace, ['.env'], 'never');
    assert.equal(consent.answerOf(workspace, ['.env.local']), 'never');
  });

  it('bears a memory of any shape', () => {
    for (const kept of ['x', [], { [workspace]: 7 }, { [workspace]: 'write' }]) {
      const consent = new FileConsent(memoryOf({ 'plan.files': kept }));
      assert.equal(consent.answerOf(workspace, ['.env']), undefined);
    }
  });
});
