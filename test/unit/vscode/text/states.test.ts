import assert from 'node:assert/strict';
import { ageText, commandText, holderText, processText } from '../../../../src/vscode/text/states';
import { rowLabel, rowText } from '../../../../src/vscode/text/row';
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

  it('shortens commands and bears missing ones', () => {
    assert.equal(commandText(undefined), undefined);
    assert.equal(commandText({ command: ' ' }), undefined);
    assert.equal(commandText({ command: 'node -e a\n  b' }), 'node -e a b');
    assert.equal(commandText({ command: `node ${'x'.repeat(99)}` })?.length, 40);
    assert.equal(processText({ command: 'node a.js', pid: 7 }), 'node a.js (pid 7)');
    assert.equal(processText({ pid: 7 }), 'pid 7');
    assert.equal(processText(undefined), 'an unknown process');
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
