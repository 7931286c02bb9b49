import assert from 'node:assert/strict';
import type { Coordinator } from '../../../../src/core/messages/coordinator';
import { StyxyError } from '../../../../src/core/domain/errors';
import { Connection } from '../../../../src/vscode/window/connection';
import { DisposableStore } from '../../../../src/vscode/window/dispose';
import { EMPTY_SNAPSHOT, FakeCoordinator } from '../../../support/fakeCoordinator';
import { SILENT } from '../../../support/world/makers';

describe('Connection', () => {
  it('connects, then says what the coordinator says', async () => {
    const fake = new FakeCoordinator();
    const connection = new Connection({ start: () => Promise.resolve(fake), log: SILENT });
    let changes = 0;
    connection.onDidChange(() => (changes += 1));
    assert.deepEqual(connection.role, { kind: 'connecting' });
    assert.equal(connection.snapshot, undefined);
    assert.equal(await connection.ready(), fake);
    fake.push({ kind: 'follower', epoch: 3 }, EMPTY_SNAPSHOT);
    assert.deepEqual(connection.role, { kind: 'follower', epoch: 3 });
    assert.equal(connection.snapshot, EMPTY_SNAPSHOT);
    assert.equal(changes, 2);
  });

  it('draws a burst of pushes twice: the first at once, the last when it is over', async () => {
    const fake = new FakeCoordinator();
    const connection = new Connection({ start: () => Promise.resolve(fake), log: SILENT });
    await connection.ready();
    const drawn: (number | undefined)[] = [];
    const over = new Promise<void>((resolve) => {
      connection.onDidChange(() => {
        const { role } = connection;
        const epoch = role.kind === 'follower' ? role.epoch : undefined;
        drawn.push(epoch);
        if (epoch === 100) {
          resolve();
        }
      });
    });
    for (let epoch = 1; epoch <= 100; epoch += 1) {
      fake.push({ kind: 'follower', epoch });
    }
    await over;
    assert.deepEqual(drawn, [1, 100]);
    await connection.close();
  });

  it('tells views and callers why it could not start', async () => {
    const problem = new StyxyError('permission_denied', 'Not your folder. Take another.');
    const connection = new Connection({ start: () => Promise.reject(problem), log: SILENT });
    await assert.rejects(connection.ready(), problem);
    assert.deepEqual(connection.role, { kind: 'unreachable', problem: problem.message });
    await connection.close();
  });

  it('lets a listener fail without keeping the others from hearing', async () => {
    const fake = new FakeCoordinator();
    const connection = new Connection({ start: () => Promise.resolve(fake), log: SILENT });
    await connection.ready();
    let heard = false;
    connection.onDidChange(() => {
      throw new Error('a view');
    });
    connection.onDidChange(() => (heard = true));
    fake.push({ kind: 'connecting' });
    assert.ok(heard);
  });

  it('closes once', async () => {
    const fake = new FakeCoordinator();
    const connection = new Connection({ start: () => Promise.resolve(fake), log: SILENT });
    await connection.ready();
    await Promise.all([connection.close(), connection.close()]);
    assert.equal(fake.closed, 1);
    assert.equal(fake.listening, 0);
  });

  it('closes a coordinator that starts after the window closed', async () => {
    const fake = new FakeCoordinator();
    let started: (coordinator: Coordinator) => void = () => undefined;
    const connection = new Connection({
      start: () => new Promise((resolve) => (started = resolve)),
      log: SILENT,
    });
    const closed = connection.close();
    started(fake);
    await closed;
    assert.equal(fake.closed, 1);
    await assert.rejects(connection.ready(), { code: 'cancelled' });
  });
});

describe('DisposableStore', () => {
  it('ends all once, the last first, and at once what comes too late', () => {
    const ended: string[] = [];
    const store = new DisposableStore();
    const item = (name: string) => ({ dispose: () => void ended.push(name) });
    store.add(item('a'));
    store.add(item('b'));
    store.dispose();
    store.dispose();
    store.add(item('late'));
    assert.deepEqual(ended, ['b', 'a', 'late']);
  });
});
