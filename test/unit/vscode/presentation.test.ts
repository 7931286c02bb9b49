import assert from 'node:assert/strict';
import type { AllocateAnswer } from '../../../src/core/requests';
import {
  ageText,
  commandText,
  grantSentence,
  processText,
  rowLabel,
  rowText,
} from '../../../src/vscode/presentation';
import { defaultServiceName, serviceTypes, urlOf, usage } from '../../../src/vscode/serviceTypes';
import { english } from '../../support/translate';
import { allocationView } from '../../support/views';

const MINUTE = 60_000;

function answer(some: Partial<AllocateAnswer> = {}): AllocateAnswer {
  return {
    allocation: allocationView(),
    existing: false,
    conflicts: [],
    attempts: 1,
    message: '',
    ...some,
  };
}

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
      ages.map((age) => ageText(1_000, 1_000 + age, english)),
      ['now', 'now', '1 min', '59 min', '1 h', '23 h', '2 d'],
    );
    assert.equal(ageText(2_000, 1_000, english), 'now');
  });

  it('tells a row: port, state, process, age', () => {
    const listening = allocationView({
      state: 'listening',
      process: { pid: 7, command: '/usr/bin/node server.js', startedAt: 1_000 },
      allocatedAt: 0,
    });
    const now = 1_000 + 5 * MINUTE;
    assert.equal(rowText(listening, now, english), '3000 · listening · node server.js · 5 min');
    assert.equal(
      rowLabel(listening, now, english),
      'web, port 3000, listening, node server.js, 5 min',
    );
    assert.equal(rowText(allocationView(), 1_000, english), '3000 · reserved · now');
  });

  it('shortens commands and bears missing ones', () => {
    assert.equal(commandText(undefined), undefined);
    assert.equal(commandText({ command: ' ' }), undefined);
    assert.equal(commandText({ command: `node ${'x'.repeat(99)}` })?.length, 40);
    assert.equal(processText({ command: 'node a.js', pid: 7 }, english), 'node a.js (pid 7)');
    assert.equal(processText({ pid: 7 }, english), 'pid 7');
    assert.equal(processText(undefined, english), 'an unknown process');
  });

  it('never shifts silently', () => {
    assert.equal(grantSentence(answer(), english), 'web in shop has port 3000.');
    assert.equal(
      grantSentence(answer({ existing: true }), english),
      'web in shop already has port 3000.',
    );
    assert.equal(
      grantSentence(
        answer({
          movedFrom: 2999,
          conflicts: [{ port: 2999, process: { command: 'python app.py', pid: 9 } }],
        }),
        english,
      ),
      'web in shop moved from port 2999 to 3000. Port 2999 is taken by python app.py (pid 9).',
    );
    assert.equal(
      grantSentence(
        answer({
          conflicts: [
            { port: 1, reason: 'allocated', pair: { workspace: '/home/me/api', service: 'x' } },
            { port: 2 },
            { port: 3 },
          ],
        }),
        english,
      ),
      'web in shop has port 3000. Port 1 belongs to x in api. 2 more were passed over.',
    );
  });
});

describe('service types as the editor shows them', () => {
  it('has a browser open what speaks HTTP', () => {
    assert.equal(urlOf({ port: 3000, serviceType: 'dev' }), 'http://localhost:3000');
    assert.equal(urlOf({ port: 5430, serviceType: 'database' }), undefined);
    assert.equal(urlOf({ port: 12000, serviceType: 'grafana' }), 'http://localhost:12000');
  });

  it('counts what is used of a range', () => {
    const dev = serviceTypes().find(({ name }) => name === 'dev');
    assert.ok(dev);
    const views = [3000, 3099, 3100].map((port) => allocationView({ port }));
    assert.deepEqual(usage(dev, views), { used: 2, size: 100 });
  });

  it('proposes the type as a name, or the next number', () => {
    assert.equal(defaultServiceName('api', new Set()), 'api');
    assert.equal(defaultServiceName('api', new Set(['api', 'api-2'])), 'api-3');
  });
});
