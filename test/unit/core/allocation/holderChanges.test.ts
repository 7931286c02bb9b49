import assert from 'node:assert/strict';
import {
  adoptions,
  holdersLeft,
  orphansReleased,
  successions,
} from '../../../../src/core/allocation/holderChanges';
import { allocationOf } from '../../../../src/core/state/state';
import type { AllocateAnswer } from '../../../../src/core/messages/requests';
import { A, B, Engine, participant } from './support/engine';

const C = '/home/me/c';

describe('a shared port whose holders are gone', () => {
  let engine: Engine;

  beforeEach(() => {
    engine = new Engine();
  });

  const ask = (...args: Parameters<Engine['share']>): AllocateAnswer => engine.share(...args);
  const holders = (): string[] => engine.holders();

  function look(gone: readonly string[], listening = false): void {
    const stamp = { at: engine.now, actor: '', by: 'leader' };
    const events = holdersLeft(engine.state, {
      stamp,
      isGone: ({ participant: id }) => gone.includes(id),
      isListening: () => listening,
      cooldownMs: 30_000,
    });
    engine.record(events);
  }

  it('is kept by the others', () => {
    ask(A);
    ask(B);
    look([`window ${A}`]);
    assert.deepEqual(holders(), [`window ${B}`]);
    assert.equal(allocationOf(engine.state, A, 'rag'), undefined);
  });

  it('ends with the last of them, unless somebody listens', () => {
    ask(A);
    look([`window ${A}`], true);
    assert.deepEqual(holders(), []);
    assert.equal(engine.state.allocations.size, 1);
    look([]);
    assert.equal(engine.state.allocations.size, 0);
  });

  it('belongs to who asks next while it listens', () => {
    ask(A);
    look([`window ${A}`], true);
    const { existing, shared } = ask(B);
    assert.ok(existing);
    assert.equal(shared?.workspace, B);
    assert.equal(allocationOf(engine.state, A, 'rag'), undefined);
  });

  it('is held by the window after a reload', () => {
    ask(A);
    engine.connected.delete(`window ${A}`);
    const after = participant('reloaded', { folders: [A] });
    const events = successions(engine.state, after, new Set(['reloaded']), engine.now);
    engine.record(events);
    assert.deepEqual(holders(), ['reloaded']);
    assert.deepEqual(
      events.map((event) => 'stamp' in event && event.stamp),
      [{ at: engine.now, actor: 'reloaded', by: 'reloaded', kind: 'window', pid: 100 }],
    );
  });

  it('is held after a reload in each workspace of the window, and in no other', () => {
    for (const workspace of [A, B, C]) {
      ask(workspace, 'rag', 'window');
    }
    const after = participant('reloaded', { folders: [A, B] });
    const events = successions(engine.state, after, new Set(['reloaded']), engine.now);
    engine.record(events);
    const [allocation] = engine.state.allocations.values();
    assert.deepEqual(
      allocation?.holders.map(({ participant: id, workspace }) => [id, workspace]),
      [
        ['window', C],
        ['reloaded', A],
        ['reloaded', B],
      ],
    );
    assert.deepEqual(
      successions(engine.state, after, new Set(['reloaded']), engine.now),
      [],
      'it holds it already',
    );
  });

  it('is not taken over by a command, nor from a window that is there', () => {
    ask(A);
    const connected = new Set([`window ${A}`]);
    const window = participant('second', { folders: [A] });
    assert.deepEqual(successions(engine.state, window, connected, engine.now), []);
    const run = participant('run', { kind: 'cli', folders: [A] });
    assert.deepEqual(successions(engine.state, run, new Set(), engine.now), []);
  });

  it('goes on without a holder when it is not shared: it is an orphan then', () => {
    engine.port('dev');
    look(['window-1']);
    assert.equal(engine.state.allocations.size, 1);
    assert.deepEqual(holders(), []);
  });
});

describe('an allocation without a holder', () => {
  let engine: Engine;

  beforeEach(() => {
    engine = new Engine();
    engine.port('dev');
  });

  function leave(): string {
    const stamp = { at: engine.now, actor: '', by: 'leader' };
    const view = { stamp, isGone: () => true, isListening: () => false, cooldownMs: 30_000 };
    engine.record(holdersLeft(engine.state, view));
    const [id] = engine.state.allocations.keys();
    assert.ok(id);
    return id;
  }

  function release(ids: readonly string[], listening = false): void {
    const stamp = { at: engine.now, actor: '', by: 'leader' };
    const view = { stamp, isListening: () => listening, cooldownMs: 30_000 };
    engine.record(orphansReleased(engine.state, new Set(ids), view));
  }

  it('is released when that is decided, and remembered', () => {
    const id = leave();
    release([id]);
    assert.equal(engine.state.allocations.size, 0);
    assert.equal(engine.port('dev'), 3000);
    const released = engine.state.history.find(({ kind }) => kind === 'released');
    assert.equal(released?.note, 'nobody held it, and nobody listened');
  });

  it('stays when somebody holds it again by then, or listens', () => {
    const id = leave();
    release([id], true);
    assert.equal(engine.state.allocations.size, 1);
    engine.port('dev');
    release([id]);
    assert.equal(engine.state.allocations.size, 1);
    release(['another']);
    assert.equal(engine.state.allocations.size, 1);
  });

  it('is held by the next window of its folder', () => {
    leave();
    const window = participant('next', { folders: [A] });
    const elsewhere = participant('elsewhere', { folders: [B] });
    assert.deepEqual(successions(engine.state, elsewhere, new Set(), engine.now), []);
    engine.record(successions(engine.state, window, new Set(['next']), engine.now));
    const [allocation] = engine.state.allocations.values();
    assert.deepEqual(
      allocation?.holders.map(({ participant: id }) => id),
      ['next'],
    );
  });

  it('is held by the windows of its folder while its own server listens', () => {
    const id = leave();
    const own = new Map([[id, A]]);
    const window = participant('window', { folders: [A, B] });
    const elsewhere = participant('elsewhere', { folders: [B] });
    const run = participant('run', { kind: 'cli', folders: [A] });
    for (const other of [elsewhere, run]) {
      assert.deepEqual(adoptions(engine.state, other, new Set(), engine.now, own), []);
    }
    engine.record(adoptions(engine.state, window, new Set(['window']), engine.now, own));
    const [allocation] = engine.state.allocations.values();
    assert.deepEqual(
      allocation?.holders.map(({ participant: holder }) => holder),
      ['window'],
    );
    assert.deepEqual(adoptions(engine.state, window, new Set(['window']), engine.now, own), []);
  });
});
