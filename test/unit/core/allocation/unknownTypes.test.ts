import assert from 'node:assert/strict';
import { catalogueOf } from '../../../../src/core/domain/catalogue';
import {
  serviceTypeOfAuto,
  type AutoAllocation,
  type AutoType,
  type Configuration,
} from '../../../../src/core/domain/configuration';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';
import type { StateEvent } from '../../../../src/core/state/events';
import { projectFile, toProject } from '../../../../src/core/allocation/configProjection';
import { apply } from '../../../../src/core/state/apply';
import { emptyState, type State } from '../../../../src/core/state/state';
import type { Question } from '../../../../src/core/allocation/decision';
import { typeInForce, typesInForce } from '../../../../src/core/state/autoTypes';
import { decideUndo } from '../../../../src/core/allocation/undoAutoRange';
import type { UndoAnswer } from '../../../../src/core/messages/requests';
import { A, Engine, granted, refused, says, type Outcome } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

const stamp = { at: 5, actor: '', by: 'config.json' };

describe('a type that nobody declared', () => {
  let engine: Engine;
  let undone = 0;

  beforeEach(() => {
    engine = new Engine();
  });

  function configure(settings: Partial<AutoAllocation>): void {
    const { rules } = engine;
    engine.rules = { ...rules, autoAllocation: { ...rules.autoAllocation, ...settings } };
  }

  function undo(serviceType: string): Outcome<UndoAnswer> {
    const decision = decideUndo(
      engine.state,
      { requestId: `undo-${(undone += 1)}`, serviceType },
      {
        now: engine.now,
        caller: engine.caller,
        findings: new Map(),
        connected: new Set(),
        goneFolders: new Set(),
        branches: new Map(),
        newId: () => '',
      },
    ) as Exclude<ReturnType<typeof decideUndo>, Question>;
    if (decision.kind === 'answer') {
      engine.state = decision.events.reduce(apply, engine.state);
    }
    return { ...decision, probed: [] };
  }

  it('gets no range under a bad name', () => {
    const names = ['../../etc/passwd', 'a b c', 'a\u0007b', '<script>', 'x'.repeat(5_000), ''];
    for (const serviceType of names) {
      refused(engine.allocate({ service: 'web', serviceType }), 'invalid_argument');
    }
    assert.equal(engine.state.types.size, 0);
    assert.deepEqual(engine.log, []);
  });

  it('can have a range of one, two or three ports, and gives all of them', () => {
    for (const chunkSize of [1, 2, 3]) {
      configure({ chunkSize });
      const serviceType = `small-${chunkSize}`;
      const ports = Array.from({ length: chunkSize }, (_, index) =>
        engine.port(`${serviceType}-${index}`, A, { serviceType }),
      );
      const range = engine.state.types.get(serviceType)?.range;
      assert.deepEqual(range, { first: Math.min(...ports), last: Math.max(...ports) });
      refused(engine.allocate({ service: 'more', serviceType }), 'no_port_available');
    }
  });

  it('gets a range of its own in the same commit', () => {
    const answer = granted(engine.allocate({ service: 'grafana', serviceType: 'grafana' }));
    assert.equal(answer.allocation.port, 11_510);
    assert.deepEqual(answer.autoAllocated, {
      serviceType: 'grafana',
      range: { first: 11_510, last: 11_519 },
      chunkSize: 10,
      placement: 'after',
    });
    says(answer.message, 'Nobody had declared the type grafana: it has the range 11510-11519 now.');
    assert.deepEqual(
      engine.log.map(({ kind }) => kind),
      ['type-added', 'granted', 'answered'],
    );
    assert.equal(engine.port('second', A, { serviceType: 'grafana' }), 11_511);
    assert.equal(engine.state.types.size, 1);
  });

  it('is ten disjoint ranges with their gaps for ten of them', () => {
    const ports = Array.from({ length: 10 }, (_, index) =>
      engine.port(`s${index}`, A, { serviceType: `unknown-${index}` }),
    );
    assert.deepEqual(
      ports,
      ports.map((_, index) => 11_510 + 20 * index),
    );
  });

  it('keeps clear of whoever listens', () => {
    engine.listen(11_512);
    assert.equal(engine.port('grafana', A, { serviceType: 'grafana' }), 11_513);
  });

  it('keeps clear of what the system gives to outgoing connections', () => {
    engine.rules = { ...DEFAULT_RULES, ephemeral: { first: 11_000, last: 12_000 } };
    assert.equal(engine.port('grafana', A, { serviceType: 'grafana' }), 12_001);
  });

  it('is refused when there is no room, with what to change', () => {
    const { autoAllocation } = DEFAULT_RULES;
    engine.rules = { ...DEFAULT_RULES, autoAllocation: { ...autoAllocation, maxPort: 10_005 } };
    refused(
      engine.allocate({ service: 'x', serviceType: 'grafana' }),
      'no_port_available',
      'Nobody declared the type "grafana"',
      'move min_port and max_port apart',
    );
    assert.equal(engine.log.length, 0);
  });

  it('leaves nothing behind when its port is refused', () => {
    engine.port('dev');
    refused(
      engine.allocate({ service: 'x', serviceType: 'grafana', port: 3000, exact: true }),
      'port_in_use',
    );
    assert.equal(engine.state.types.size, 0);
  });

  it('loses its range by undo, but not while a port of it is held', () => {
    engine.port('grafana', A, { serviceType: 'grafana' });
    const error = refused(undo('grafana'), 'port_in_use', '11510', '"grafana" in /home/me/a');
    assert.equal((error.details.held as unknown[]).length, 1);
    engine.release({ port: 11_510 });
    assert.deepEqual(granted(undo('grafana')).range, { first: 11_510, last: 11_519 });
    refused(undo('grafana'), 'invalid_argument', 'no auto-allocated type');
    refused(undo('dev'), 'invalid_argument', 'no auto-allocated type');
    engine.now += 60_000;
    assert.equal(engine.port('grafana', A, { serviceType: 'grafana' }), 11_510);
  });

  it('is not undone while another type’s service sits in its range', () => {
    engine.port('grafana', A, { serviceType: 'grafana' });
    engine.release({ port: 11_510 });
    engine.port('web', A, { serviceType: 'dev', port: 11_515 });
    refused(undo('grafana'), 'port_in_use', '11515');
  });
});

describe('config.json beside the journal', () => {
  const auto = (name: string, first: number, projected: boolean): AutoType => ({
    name,
    range: { first, last: first + 9 },
    placement: 'after',
    at: 1,
    by: 'me',
    projected,
  });

  function stateWith(...types: readonly AutoType[]): State {
    return types
      .map((type): StateEvent => ({ kind: 'type-added', stamp, type }))
      .reduce(apply, emptyState());
  }

  function file(...entries: readonly (readonly [string, number])[]): Configuration {
    return {
      ...DEFAULT_CONFIGURATION,
      projected: entries.map(([name, first]) => ({ name, range: { first, last: first + 9 } })),
    };
  }

  function followed(state: State, configuration: Configuration): State {
    return projectFile(state, configuration, stamp).reduce(apply, state);
  }

  it('is told what it does not show', () => {
    const state = stateWith(auto('grafana', 11_510, false), auto('jaeger', 11_530, true));
    assert.deepEqual(
      toProject(state)?.set.map(({ name }) => name),
      ['grafana'],
    );
    const event = { kind: 'projected', at: 1, added: ['grafana'], removed: [] } as const;
    assert.equal(toProject(apply(state, event)), undefined);
  });

  it('is followed in what was edited, unless it did not show it yet', () => {
    const state = stateWith(auto('grafana', 11_510, true), auto('jaeger', 11_530, false));
    const after = followed(state, file(['grafana', 11_700], ['jaeger', 11_800]));
    assert.equal(after.types.get('grafana')?.range.first, 11_700);
    assert.equal(after.types.get('jaeger')?.range.first, 11_530);
  });

  it('undoes what was deleted by hand, unless it did not show it yet', () => {
    const state = stateWith(auto('grafana', 11_510, true), auto('jaeger', 11_530, false));
    const after = followed(state, file());
    assert.deepEqual([...after.types.keys()], ['jaeger']);
    assert.equal(after.undone.size, 0);
  });

  it('adopts what another one found, and not what was undone a moment ago', () => {
    assert.equal(followed(emptyState(), file(['grafana', 11_600])).types.size, 1);
    const removed = { kind: 'type-removed', stamp, name: 'grafana' } as const;
    const undone = apply(stateWith(auto('grafana', 11_510, true)), removed);
    const after = followed(undone, file(['grafana', 11_510]));
    assert.equal(after.types.size, 0);
    assert.deepEqual(toProject(after)?.remove, ['grafana']);
    assert.equal(followed(after, file()).undone.size, 0);
  });

  it('shows a type anew that was undone and asked for again', () => {
    const removed = { kind: 'type-removed', stamp, name: 'grafana' } as const;
    const again = { kind: 'type-added', stamp, type: auto('grafana', 11_530, false) } as const;
    const state = [removed, again].reduce(apply, stateWith(auto('grafana', 11_510, true)));
    const projection = toProject(followed(state, file(['grafana', 11_510])));
    assert.deepEqual(
      [projection?.set.map(({ range }) => range.first), projection?.remove],
      [[11_530], []],
    );
  });

  it('leaves alone what a person declares instead, without and with the mark', () => {
    const grafana = { ...serviceTypeOfAuto(auto('grafana', 11_700, true)), name: 'grafana' };
    const declared = catalogueOf([{ ...grafana, origin: 'configured' }]);
    const state = stateWith(auto('grafana', 11_510, true));
    const without = followed(state, { ...file(), catalogue: declared });
    assert.equal(without.types.size, 0);
    assert.equal(toProject(without), undefined);
    const both = { ...file(['grafana', 11_700]), catalogue: declared };
    assert.deepEqual(projectFile(emptyState(), both, stamp), []);
    assert.deepEqual(typeInForce(declared, state, 'grafana')?.range.first, 11_700);
    assert.equal(typesInForce(declared, state).length, 1);
  });

  it('changes nothing when it shows all', () => {
    const state = stateWith(auto('grafana', 11_510, true));
    assert.deepEqual(projectFile(state, file(['grafana', 11_510]), stamp), []);
  });
});
