import assert from 'node:assert/strict';
import type { AllocationView } from '../../../../src/core/domain/model';
import {
  ageText,
  conflictSentence,
  holderText,
  observedSentences,
  rowLabel,
  rowText,
  troubleParts,
  whoseText,
} from '../../../../src/vscode/text/allocation';
import { A_HOLDER, allocationView } from '../../../support/views';

const MINUTE = 60_000;

describe('what is said of ports', () => {
  it('tells ages shortly', () => {
    const ages = [
      0,
      59_999,
      MINUTE,
      59 * MINUTE,
      60 * MINUTE,
      23.9 * 60 * MINUTE,
      49 * 60 * MINUTE,
    ];
    assert.deepEqual(
      ages.map((age) => ageText(1_000, 1_000 + age)),
      ['now', 'now', '1 min', '59 min', '1 h', '23 h', '2 d'],
    );
    assert.equal(ageText(2_000, 1_000), 'now');
  });

  it('tells a row: port, state, process, age', () => {
    const listening = allocationView({
      state: 'listening',
      process: { pid: 7, command: '/usr/bin/node server.js', startedAt: 1_000 },
      allocatedAt: 0,
    });
    const now = 1_000 + 5 * MINUTE;
    assert.equal(rowText(listening, now), '3000 · listening · node server.js · 5 min');
    assert.equal(rowLabel(listening, now), 'web, port 3000, listening, node server.js, 5 min');
    assert.equal(rowText(allocationView(), 1_000), '3000 · reserved · now');
  });

  it('says that a port is shared, and for whom each holds it', () => {
    const shared = allocationView({
      group: 'ai/rag',
      holders: ['/home/me/shop', '/home/me/docs'].map((workspace) => ({ ...A_HOLDER, workspace })),
    });
    assert.equal(rowText(shared, 1_000), '3000 · reserved · shared by 2 · now');
    assert.equal(rowLabel(shared, 1_000), 'web, port 3000, reserved, shared by 2, now');
    assert.match(rowText({ ...shared, holders: [A_HOLDER] }, 1_000), / · shared · /);
    assert.deepEqual(
      shared.holders.map((holder) => holderText(shared, holder)),
      ['shop', 'shop for docs'],
    );
    assert.equal(holderText(allocationView(), A_HOLDER), 'shop');
  });
});

const process = { pid: 7, command: '/usr/bin/node server.js' };
const taken = allocationView({ state: 'conflict', process });
const wrongCheckout: AllocationView = {
  ...taken,
  intruder: { kind: 'sibling', workspace: '/home/me/shop-2', sameRepository: true },
};
const neighbour: AllocationView = {
  ...taken,
  intruder: { kind: 'sibling', workspace: '/home/me/docs', sameRepository: false },
};
const older: AllocationView = { ...taken, intruder: { kind: 'stranger' } };
const unhealthy = allocationView({
  state: 'listening',
  process,
  planned: { health: '/healthz' },
  health: { ok: false, reason: 'it answered 500', failures: 3 },
});

describe('what is said of a conflict', () => {
  it('names the wrong checkout, or the workspace, in the row', () => {
    assert.equal(
      rowText(wrongCheckout, 1_000),
      '3000 · conflict · from shop-2 (other checkout) · node server.js · now',
    );
    assert.equal(
      rowLabel(neighbour, 1_000),
      'web, port 3000, conflict, from docs, node server.js, now',
    );
  });

  it('names the process where it is of no workspace', () => {
    assert.equal(rowText(older, 1_000), '3000 · conflict · node server.js (pid 7) · now');
    assert.equal(
      rowText(allocationView({ state: 'conflict' }), 1_000),
      '3000 · conflict · an unknown process · now',
    );
  });

  it('tells two folders of one name apart', () => {
    const workspace = '/home/me/review/shop';
    const intruder = { kind: 'sibling', workspace, sameRepository: true } as const;
    assert.equal(whoseText({ ...taken, intruder }), 'from review/shop (other checkout)');
  });

  it('is a full sentence', () => {
    assert.deepEqual(
      [wrongCheckout, neighbour, older, taken].map((view) => conflictSentence(view)),
      [
        'Port 3000 of web in shop is in use by node server.js (pid 7), from another checkout, /home/me/shop-2.',
        'Port 3000 of web in shop is in use by node server.js (pid 7), from another workspace, /home/me/docs.',
        'Port 3000 of web in shop is in use by node server.js (pid 7), there before the allocation.',
        'Port 3000 of web in shop is in use by node server.js (pid 7).',
      ],
    );
    assert.match(observedSentences(wrongCheckout).join(' '), /\. Move it to a free port/);
  });
});

describe('what is said of a server that is not well', () => {
  it('has the reason and how often, in the row and in a sentence', () => {
    assert.equal(
      rowText(unhealthy, 1_000),
      '3000 · listening · unhealthy: it answered 500 (3 times) · node server.js · now',
    );
    assert.match(rowLabel(unhealthy, 1_000), /, unhealthy: it answered 500 \(3 times\), /);
    assert.deepEqual(observedSentences(unhealthy), [
      'Its server listens but failed the health check /healthz: it answered 500, 3 times.',
    ]);
  });

  it('does not count to one', () => {
    const first = { ...unhealthy, health: { ok: false, reason: 'it hung', failures: 1 } as const };
    assert.match(rowText(first, 1_000), / · unhealthy: it hung · node /);
    assert.match(observedSentences(first).join(), /: it hung\.$/);
  });

  it('is nothing where all is well', () => {
    const well = { ...unhealthy, health: { ok: true } as const };
    assert.equal(rowText(well, 1_000), '3000 · listening · node server.js · now');
    assert.deepEqual(observedSentences(well), []);
    assert.deepEqual(troubleParts(well), []);
    assert.equal(troubleParts(unhealthy).length, 2);
  });
});

describe('what is said of an orphan', () => {
  it('says what becomes of it', () => {
    const [sentence = ''] = observedSentences(allocationView({ state: 'orphaned' }));
    assert.match(sentence, /^Nobody holds this port and nobody listens: it is released after/);
    assert.match(sentence, /unless it is asked for again or someone listens\.$/);
  });
});
