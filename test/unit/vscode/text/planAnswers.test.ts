import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { AllocateAnswer, PlanAnswer } from '../../../../src/core/messages/requests';
import {
  answersByService,
  movedPorts,
  portsOf,
  portsText,
  refusalText,
  shiftText,
} from '../../../../src/vscode/text/planAnswers';
import { leftAllocations } from '../../../../src/vscode/plan/planReader';
import { A_HOLDER, allocationView } from '../../../support/views';
import { SHOP, answerOf, planOf } from '../plan/support';

const plan = planOf({ services: { web: {}, db: {}, rag: {} } });
const taken = new StyxyError('port_in_use', 'Port 5430 is taken by postgres.').toJSON();

function answer(port: number, more: Partial<AllocateAnswer> = {}): AllocateAnswer {
  return {
    allocation: allocationView({ port }),
    existing: false,
    conflicts: [],
    attempts: 1,
    message: '',
    ...more,
  };
}

describe('answers to a plan', () => {
  const all: PlanAnswer = {
    answers: [
      answer(3001, { movedFrom: 3000 }),
      answer(11430, { allocation: allocationView({ service: 'theirs', port: 11430 }) }),
    ],
    refused: [{ service: 'db', error: taken }],
  };

  it('belong to the services that were not refused, whatever a shared one is called', () => {
    assert.deepEqual(
      [...portsOf(plan, all)],
      [
        ['web', 3001],
        ['rag', 11430],
      ],
    );
    assert.equal(portsText(portsOf(plan, all)), 'web 3001, rag 11430');
  });

  it('say who got nothing and why', () => {
    assert.equal(refusalText('shop', []), '');
    assert.equal(
      refusalText('shop', all.refused),
      'The plan of shop got no port for db. Port 5430 is taken by postgres.',
    );
    assert.match(
      refusalText('shop', [...all.refused, { service: 'web', error: taken }]),
      /no port for 2 services\. db: Port 5430 .* web: Port 5430/,
    );
  });

  it('never hide a shift, and make none of a move that is told elsewhere', () => {
    assert.match(shiftText('shop', plan, all), /web from 3000 to 3001/);
    const known = { ...all, answers: [answer(3001, { movedFrom: 3000, existing: true })] };
    assert.equal(shiftText('shop', plan, known), '');
  });
});

describe('movedPorts', () => {
  const ports = new Map([
    ['web', 3000],
    ['rag', 11430],
  ]);

  it('takes what moved, own and shared, and keeps what was released', () => {
    const moved = [
      allocationView({ port: 3005 }),
      allocationView({ port: 3999, workspace: '/home/me/other' }),
    ];
    assert.deepEqual(movedPorts(ports, SHOP.workspace, moved)?.get('web'), 3005);
    assert.equal(movedPorts(ports, SHOP.workspace, moved)?.get('rag'), 11430);
    const shared = allocationView({
      service: 'theirs',
      workspace: '/home/me/other',
      port: 11431,
      group: 'ai',
      holders: [{ ...A_HOLDER, workspace: SHOP.workspace, service: 'rag' }],
    });
    assert.equal(movedPorts(ports, SHOP.workspace, [shared])?.get('rag'), 11431);
  });

  it('is nothing when nothing moved', () => {
    assert.equal(movedPorts(ports, SHOP.workspace, [allocationView({ port: 3000 })]), undefined);
    assert.equal(movedPorts(ports, SHOP.workspace, []), undefined);
  });
});

describe('leftAllocations', () => {
  const views = [
    allocationView({ service: 'web', planned: {} }),
    allocationView({ service: 'old', planned: { port: 3000 } }),
    allocationView({ service: 'byHand' }),
    allocationView({ service: 'old', planned: {}, workspace: '/home/me/other' }),
  ];
  const names = (state: Parameters<typeof leftAllocations>[0]): string[] =>
    leftAllocations(state, SHOP.workspace, views).map(({ service }) => service);

  it('names what a plan made and does not declare any more', () => {
    assert.deepEqual(names({ kind: 'read', plan, text: '', problems: [] }), ['old']);
    assert.deepEqual(names({ kind: 'absent' }), ['web', 'old']);
  });

  it('takes a plan that cannot be read for no reason to release anything', () => {
    assert.deepEqual(names({ kind: 'unread' }), []);
    const error = new StyxyError('invalid_config', 'Wrong.');
    assert.deepEqual(names({ kind: 'refused', error, text: '{', problems: [] }), []);
  });
});

describe('a plan of which a part was refused', () => {
  const { workspace } = SHOP;
  const PLAN = planOf({ services: { web: { port: 5173 }, api: { type: 'api' }, db: {} } });
  const taken = {
    service: 'api',
    error: new StyxyError('port_in_use', '8000 is taken.').toJSON(),
  };
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
