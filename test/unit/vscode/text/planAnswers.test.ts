import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { AllocateAnswer, PlanAnswer } from '../../../../src/core/messages/requests';
import {
  movedPorts,
  portsOf,
  portsText,
  refusalText,
  shiftText,
} from '../../../../src/vscode/text/planAnswers';
import { leaversOf } from '../../../../src/vscode/plan/leavers';
import { A_HOLDER, allocationView } from '../../../support/views';
import { SHOP, planOf } from '../plan/support';

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

describe('leaversOf', () => {
  const views = [
    allocationView({ service: 'web', planned: {} }),
    allocationView({ service: 'old', planned: { port: 3000 } }),
    allocationView({ service: 'byHand' }),
    allocationView({ service: 'old', planned: {}, workspace: '/home/me/other' }),
  ];
  const names = (state: Parameters<typeof leaversOf>[0]): string[] =>
    leaversOf(state, SHOP.workspace, views).map(({ service }) => service);

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
