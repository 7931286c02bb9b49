import assert from 'node:assert/strict';
import { plain, rangeText } from '../../../../src/core/domain/describe';
import {
  ageOf,
  commandText,
  healthText,
  intruderText,
  processText,
  shorten,
} from '../../../../src/core/domain/text';

describe('what both faces show', () => {
  it('gives ages in the largest unit that fits', () => {
    const ages = [0, 59_999, 60_000, 3_600_000, 86_400_000 * 12].map((ms) => ageOf(0, ms));
    assert.deepEqual(
      ages.map(({ count, unit }) => `${count}${unit}`),
      ['0s', '59s', '1m', '1h', '12d'],
    );
    assert.deepEqual(ageOf(5_000, 0), { count: 0, unit: 's' });
  });

  it('shortens commands and bears missing ones', () => {
    assert.equal(commandText(undefined), undefined);
    assert.equal(commandText({ command: ' ' }), undefined);
    assert.equal(commandText({ command: 'node -e a\n  b' }), 'node -e a b');
    assert.equal(commandText({ command: '/usr/bin/node /srv/a.js' }), 'node /srv/a.js');
    assert.equal(commandText({ command: 'C:\\node\\node.exe a.js' }), 'node.exe a.js');
    assert.equal(commandText({ command: `node ${'x'.repeat(99)}` })?.length, 40);
    assert.equal(shorten('abc', 3), 'abc');
  });

  it('says as much of a process as is known', () => {
    assert.equal(processText({ command: 'node a.js', pid: 7 }), 'node a.js (pid 7)');
    assert.equal(processText({ pid: 1, command: 'abcdef' }, 4), 'abc… (pid 1)');
    assert.equal(processText({ command: 'node\u001b[2J' }), 'node?[2J');
    assert.equal(processText({ pid: 7 }), 'pid 7');
    assert.equal(processText({}), "another user's process");
    assert.equal(processText(undefined), 'an unknown process');
  });

  it('says whose the listener of a conflict is, with the place as its face writes it', () => {
    const place = (workspace: string): string => workspace.replace('/home/me', '~');
    const state = 'conflict';
    const workspace = '/home/me/shop-2';
    for (const [intruder, text] of [
      [{ kind: 'sibling', workspace, sameRepository: true }, 'from another checkout, ~/shop-2'],
      [{ kind: 'sibling', workspace, sameRepository: false }, 'from another workspace, ~/shop-2'],
      [{ kind: 'stranger', workspace }, 'from another workspace, ~/shop-2'],
      [{ kind: 'stranger' }, 'there before the allocation'],
    ] as const) {
      assert.equal(intruderText({ state, intruder }, place), text);
    }
    assert.equal(intruderText({ state }, place), undefined);
  });

  it('says how a service does, as far as it was asked', () => {
    const state = 'listening';
    const sick = { ok: false, reason: 'it answered 500', failures: 3 } as const;
    assert.equal(healthText({ state }), undefined);
    assert.equal(healthText({ state, health: { ok: true } }), 'healthy');
    assert.equal(healthText({ state, health: sick }), 'unhealthy: it answered 500 (3 times)');
    assert.equal(
      healthText({ state, health: { ...sick, failures: 1 } }),
      'unhealthy: it answered 500',
    );
  });

  it('lets text from outside neither move a cursor nor begin a line', () => {
    assert.equal(plain('a\u001b[2J\nb\u2028c\u202ed'), 'a?[2J?b?c?d');
  });

  it('writes a range of one port as that port', () => {
    assert.equal(rangeText({ first: 3000, last: 3000 }), '3000');
    assert.equal(rangeText({ first: 3000, last: 3099 }), '3000-3099');
  });
});
