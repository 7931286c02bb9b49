import assert from 'node:assert/strict';
import { catalogueOf } from '../../../../src/core/domain/catalogue';
import { MAX_HOLDERS } from '../../../../src/core/state/holders';
import { invariants } from '../../../../src/core/state/invariants';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import { allocationOf } from '../../../../src/core/state/state';
import type { AllocateAnswer } from '../../../../src/core/messages/requests';
import { A, B, Engine, granted, participant, refused, says } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

const C = '/home/me/c';

describe('a singleton', () => {
  let engine: Engine;

  beforeEach(() => {
    engine = new Engine();
  });

  afterEach(() => {
    assert.deepEqual(invariants(engine.state), []);
    const read = fromBody(JSON.parse(JSON.stringify(toBody(engine.state))));
    assert.ok(read.kind === 'state');
    assert.deepEqual(toBody(read.state), toBody(engine.state));
  });

  const ask = (...args: Parameters<Engine['share']>): AllocateAnswer => engine.share(...args);
  const holders = (): string[] => engine.holders();

  it('is one for all who ask, and says whose it is', () => {
    const first = ask(A);
    assert.equal(first.existing, false);
    assert.equal(first.allocation.port, 11_430);
    const second = ask(B);
    assert.equal(second.existing, true);
    assert.equal(second.allocation.id, first.allocation.id);
    assert.deepEqual(
      { ...second.shared, holder: second.shared?.holder?.participant },
      {
        group: 'ai/rag',
        workspace: A,
        service: 'rag',
        holder: `window ${A}`,
        since: first.allocation.allocatedAt,
        holders: 2,
      },
    );
    says(second.message, '"rag" in /home/me/b has port 11430 already.');
    says(second.message, 'There is one "ai/rag" on this machine: it is "rag" in /home/me/a');
    assert.deepEqual(allocationOf(engine.state, B, 'rag')?.id, first.allocation.id);
  });

  it('is another for each service name, unless its type says there is one', () => {
    const rag = ask(A);
    const ollama = ask(A, 'ollama');
    assert.notEqual(rag.allocation.id, ollama.allocation.id);
    const ai = DEFAULT_RULES.catalogue.get('ai');
    assert.ok(ai);
    engine = new Engine();
    engine.rules = {
      ...DEFAULT_RULES,
      catalogue: catalogueOf([{ ...ai, instanceBehavior: 'single' }]),
    };
    const one = ask(A);
    assert.equal(ask(B, 'ollama').allocation.id, one.allocation.id);
    assert.equal(one.allocation.group, 'ai');
  });

  it('records nothing when a holder asks again', () => {
    ask(A);
    ask(B);
    const before = engine.log.length;
    ask(B);
    assert.equal(engine.log.length, before);
  });

  it('is held by one window for each of its workspaces', () => {
    ask(A, 'rag', 'window');
    const { shared } = ask(B, 'rag', 'window');
    assert.equal(shared?.holders, 2);
    const left = granted(engine.release({ workspace: A, service: 'rag' }, { workspaces: [A, B] }));
    assert.equal(left.remainingHolders, 1);
    assert.equal(allocationOf(engine.state, A, 'rag'), undefined);
    assert.ok(allocationOf(engine.state, B, 'rag'));
  });

  it('is left by who releases it, and ends with the last', () => {
    const { allocation } = ask(A);
    ask(B);
    ask(C);
    const first = granted(engine.release({ workspace: A, service: 'rag' }, { workspaces: [A] }));
    assert.equal(first.remainingHolders, 2);
    says(first.message, 'It stays allocated');
    const kept = engine.state.allocations.get(allocation.id);
    assert.equal(kept?.workspace, B, 'it belongs to who has held it longest');
    engine.caller = participant(`window ${B}`);
    assert.equal(
      granted(engine.release({ port: allocation.port }, { workspaces: [B] })).remainingHolders,
      1,
    );
    assert.equal(
      granted(engine.release({ id: allocation.id }, { workspaces: [C] })).remainingHolders,
      0,
    );
    assert.equal(engine.state.allocations.size, 0);
    const anew = ask(A);
    assert.equal(anew.existing, false);
    assert.notEqual(anew.allocation.id, allocation.id);
    assert.equal(anew.allocation.port, allocation.port);
  });

  it('is answered to who left it as it is for those who stay', () => {
    const { allocation } = ask(A);
    ask(B, 'rag', 'window b');
    const left = granted(engine.release({ workspace: A, service: 'rag' }, { workspaces: [A] }));
    assert.deepEqual(left.released, engine.state.allocations.get(allocation.id));
    assert.equal(left.released.workspace, B);
    says(left.message, '"rag" in /home/me/a left port 11430.');
    says(left.message, 'window "window b" (pid 100) still hold it.');
  });

  it('is one port for five windows at once, kept by four when the first leaves', () => {
    const workspaces = ['1', '2', '3', '4', '5'].map((name) => `/home/me/${name}`);
    const answers = workspaces.map((workspace) => ask(workspace));
    assert.deepEqual(
      answers.map(({ existing }) => existing),
      [false, true, true, true, true],
    );
    const [first] = answers;
    assert.ok(first);
    const { id, port } = first.allocation;
    assert.deepEqual(new Set(answers.map(({ allocation }) => allocation.port)), new Set([port]));
    assert.equal(engine.state.byPair.size, 5);
    for (const [index, workspace] of workspaces.entries()) {
      const kept = engine.state.allocations.get(id);
      assert.equal(kept?.workspace, workspace, 'it belongs to who has held it longest');
      assert.equal(kept?.holders.length, 5 - index);
      const target = { workspace, service: 'rag' };
      granted(engine.release(target, { workspaces: [workspace] }));
      assert.equal(allocationOf(engine.state, workspace, 'rag'), undefined);
    }
    assert.equal(engine.state.byPair.size, 0);
    assert.equal(engine.state.byGroup.size, 0);
    const again = ask('/home/me/3');
    assert.notEqual(again.allocation.id, id);
    assert.equal(again.existing, false);
  });

  it('keeps every holder of each pair, and makes room for those that are there only', () => {
    const run = (workspace: string, index: number) => {
      engine.caller = participant(`run ${workspace} ${index}`, { kind: 'cli', label: `${index}` });
      granted(engine.allocate({ workspace, service: 'rag', serviceType: 'ai' }));
    };
    for (let index = 0; index <= MAX_HOLDERS; index += 1) {
      run(A, index);
      run(B, index);
    }
    const held = holders();
    assert.equal(held.length, 2 * MAX_HOLDERS);
    assert.ok(!held.includes(`run ${A} 0`) && !held.includes(`run ${B} 0`));
    assert.ok(held.includes(`run ${A} 1`) && held.includes(`run ${B} ${MAX_HOLDERS}`));
  });

  it('is not ended for others by who does not hold it, unless that is asked for', () => {
    const { allocation } = ask(A);
    ask(B);
    engine.caller = participant('visitor');
    const { id } = allocation;
    const error = refused(engine.release({ id }, { workspaces: [C] }), 'not_holder', '--everyone');
    assert.equal(error.details.group, 'ai/rag');
    const ended = granted(engine.release({ id }, { workspaces: [C], everyone: true }));
    assert.equal(ended.remainingHolders, 0);
    says(ended.message, 'It was also held by');
  });

  it('stays on its port for who asks for exactly another', () => {
    ask(A);
    const outcome = engine.allocate({
      workspace: B,
      service: 'rag',
      serviceType: 'ai',
      port: 11_480,
      exact: true,
    });
    refused(outcome, 'port_in_use', '11430');
  });

  it('is moved by nobody’s plan, which one alone of those who share it wrote', () => {
    const plan = (workspace: string, port: number) =>
      granted(engine.plan([{ service: 'rag', serviceType: 'ai', port }], { workspace }));
    assert.equal(plan(A, 11_480).answers[0]?.allocation.port, 11_480);
    for (const workspace of [B, A]) {
      const [answer] = plan(workspace, 11_490).answers;
      assert.equal(answer?.allocation.port, 11_480);
      assert.equal(answer?.movedFrom, undefined);
    }
  });

  it('is remembered by all who held it', () => {
    const { allocation } = ask(A);
    ask(B);
    engine.move({ id: allocation.id }, 11_480);
    ask(C);
    engine.release({ id: allocation.id }, { workspaces: [A, B], everyone: true });
    engine.now += 60_000;
    for (const workspace of [A, B, C]) {
      assert.equal(engine.state.memory.get(`${workspace}\0rag`)?.port, 11_480);
    }
    assert.equal(ask(B).allocation.port, 11_480);
  });

  it('is remembered by who came later and left earlier', () => {
    const { allocation } = ask(A);
    ask(B);
    engine.release({ service: 'rag', workspace: B }, { workspaces: [B] });
    assert.deepEqual(engine.state.memory.get(`${B}\0rag`), {
      workspace: B,
      service: 'rag',
      serviceType: 'ai',
      port: allocation.port,
      at: engine.now,
    });
  });

  it('answers a repeated request of who left it anew', () => {
    ask(A);
    engine.caller = participant('window b');
    const request = { workspace: B, service: 'rag', serviceType: 'ai', requestId: 'request-b' };
    granted(engine.allocate(request));
    assert.equal(granted(engine.allocate(request)).shared?.holders, 2);
    engine.release({ workspace: B, service: 'rag' }, { workspaces: [B] });
    assert.deepEqual(holders(), [`window ${A}`]);
    assert.equal(granted(engine.allocate(request)).shared?.holders, 2);
  });
});
