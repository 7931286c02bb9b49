import assert from 'node:assert/strict';
import { invariants } from '../../../../src/core/state/invariants';
import { forgetFolders, idleFolders, remember } from '../../../../src/core/state/rememberedPorts';
import { pairKey } from '../../../../src/core/domain/model';
import { apply } from '../../../../src/core/state/apply';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import { emptyState, MEMORY_LIMIT } from '../../../../src/core/state/state';
import { allocation } from '../../../support/world/makers';
import { A, B, Engine } from '../allocation/support/engine';

const stamp = { at: 5, actor: '', by: 'leader' };

describe('what pairs remember', () => {
  it('is forgotten with their folder, and so is its index', () => {
    const engine = new Engine();
    engine.port('dev', A);
    engine.port('dev', B);
    engine.release({ port: 3000 });
    const state = apply(engine.state, { kind: 'forgot', stamp, workspaces: [A] });
    assert.deepEqual([...state.memory.keys()], [pairKey({ workspace: B, service: 'dev' })]);
    assert.equal(state.rememberedBy.get(3000), undefined);
    assert.deepEqual(state.rememberedBy.get(3001), [pairKey({ workspace: B, service: 'dev' })]);
    assert.deepEqual(invariants(state), []);
  });

  it('stays in the index for others that remember the same port', () => {
    const engine = new Engine();
    engine.port('dev', A);
    engine.release({ port: 3000 });
    engine.now += 60_000;
    engine.port('dev', B, { port: 3000 });
    assert.equal(engine.state.rememberedBy.get(3000)?.length, 2);
    const state = forgetFolders(engine.state, new Set([A]));
    assert.deepEqual(state.rememberedBy.get(3000), [pairKey({ workspace: B, service: 'dev' })]);
  });

  it('holds no port back once it is forgotten', () => {
    const engine = new Engine();
    engine.port('dev', A);
    engine.release({ port: 3000 });
    engine.now += 60_000;
    assert.equal(engine.port('dev', B), 3001);
    engine.state = forgetFolders(engine.state, new Set([A]));
    assert.equal(engine.port('web', B, { serviceType: 'dev' }), 3000);
  });

  it('may be forgotten of folders that have nothing allocated', () => {
    const engine = new Engine();
    assert.deepEqual([...idleFolders(engine.state)], []);
    engine.port('dev', A);
    engine.port('api', A);
    engine.port('dev', B);
    assert.deepEqual([...idleFolders(engine.state)], []);
    engine.release({ port: 3001 }, { workspaces: [B] });
    engine.release({ port: 3000 });
    assert.deepEqual([...idleFolders(engine.state)], [B]);
  });

  it('is bounded: the one remembered the longest ago goes', () => {
    let state = emptyState();
    const port = 3000;
    const note = (service: string, at: number): void => {
      state = remember(state, allocation({ port, service }), [{ workspace: A, service }], at);
    };
    for (let index = 0; index < MEMORY_LIMIT; index += 1) {
      note(`s${index}`, index);
    }
    note('s0', MEMORY_LIMIT);
    note('new', MEMORY_LIMIT + 1);
    assert.equal(state.memory.size, MEMORY_LIMIT);
    assert.ok(state.memory.has(pairKey({ workspace: A, service: 's0' })), 'it was remembered anew');
    assert.ok(!state.memory.has(pairKey({ workspace: A, service: 's1' })));
    assert.equal(state.rememberedBy.get(port)?.length, MEMORY_LIMIT);
    assert.deepEqual(invariants(state), []);
  });
});

describe('a state that was stored before types, undone ones and the configuration were', () => {
  it('still loads', () => {
    const engine = new Engine();
    engine.port('dev');
    const older: Record<string, unknown> = { ...toBody(engine.state) };
    for (const field of ['types', 'undone', 'configuration']) {
      delete older[field];
    }
    const read = fromBody(JSON.parse(JSON.stringify(older)));
    assert.ok(read.kind === 'state', JSON.stringify(read));
    assert.equal(read.state.types.size, 0);
    assert.equal(read.state.undone.size, 0);
    assert.equal(read.state.configuration, undefined);
    assert.deepEqual(toBody(read.state), toBody(engine.state));
  });
});
