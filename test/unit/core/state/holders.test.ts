import assert from 'node:assert/strict';
import { MAX_HOLDERS } from '../../../../src/core/state/holders';
import type { Participant } from '../../../../src/core/domain/model';
import { allocationAt } from '../../../../src/core/state/state';
import { Engine, participant } from '../allocation/support/engine';

let engine: Engine;

beforeEach(() => {
  engine = new Engine();
});

function ask(caller: Participant, connected = true): readonly string[] {
  engine.caller = caller;
  engine.port('dev');
  if (connected) {
    engine.connected.add(caller.id);
  }
  return (allocationAt(engine.state, 3000)?.holders ?? []).map(({ participant: id }) => id);
}

const run = (id: string, label = 'styxy port dev') => participant(id, { kind: 'cli', label });

describe('holders', () => {
  it('are all who asked, each once, in the order in which they came', () => {
    ask(participant('window-1'));
    ask(run('run-1'));
    assert.deepEqual(ask(participant('window-1')), ['window-1', 'run-1']);
  });

  it('are recorded by a joined event', () => {
    ask(participant('window-1'));
    engine.now += 5;
    ask(run('run-1'));
    const joined = engine.log.find(({ kind }) => kind === 'joined');
    assert.deepEqual(joined, {
      kind: 'joined',
      stamp: { at: engine.now, actor: 'run-1', by: 'styxy port dev', kind: 'cli', pid: 100 },
      id: 'allocation-2',
      holder: {
        participant: 'run-1',
        kind: 'cli',
        label: 'styxy port dev',
        pid: 100,
        since: engine.now,
      },
      replaces: [],
    });
  });

  it('a window before its reload is replaced by the window after it', () => {
    ask(participant('window-1'), false);
    assert.deepEqual(ask(participant('window-2')), ['window-2']);
  });

  it('two windows at once both stay holders', () => {
    ask(participant('window-1'));
    assert.deepEqual(ask(participant('window-2')), ['window-1', 'window-2']);
  });

  it('a silent window stays a holder when a command asks', () => {
    ask(participant('window-1'), false);
    assert.deepEqual(ask(run('run-1')), ['window-1', 'run-1']);
  });

  it('an earlier run of a command is replaced by the next', () => {
    ask(run('run-1'), false);
    assert.deepEqual(ask(run('run-2')), ['run-2']);
  });

  it('a run that goes on stays a holder, and so do other commands', () => {
    ask(run('run-1'));
    ask(run('run-2', 'styxy run dev'), false);
    assert.deepEqual(ask(run('run-3')), ['run-1', 'run-2', 'run-3']);
  });

  it('holders that left make room, oldest first, when there are too many; windows never do', () => {
    ask(participant('window-1'), false);
    for (let index = 1; index < MAX_HOLDERS; index += 1) {
      ask(run(`run-${index}`, `command ${index}`), false);
    }
    const holders = ask(run('run-last', 'last command'));
    assert.equal(holders.length, MAX_HOLDERS);
    assert.deepEqual(holders.slice(0, 2), ['window-1', 'run-2']);
    assert.equal(holders.at(-1), 'run-last');
  });

  it('connected holders are never too many', () => {
    for (let index = 0; index < MAX_HOLDERS + 5; index += 1) {
      ask(run(`run-${index}`, `command ${index}`));
    }
    assert.equal(allocationAt(engine.state, 3000)?.holders.length, MAX_HOLDERS + 5);
  });
});
