import assert from 'node:assert/strict';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import type { Allocation } from '../../../../src/core/domain/model';
import {
  lostFolders,
  surplusSingletons,
  withSoundIndices,
  type RepairView,
} from '../../../../src/core/allocation/startupRepair';
import { rulesOf, type Rules } from '../../../../src/core/allocation/rules';
import { A, B, Engine, granted, participant } from './support/engine';

const C = '/home/me/c';

describe('what a new leader repairs', () => {
  let engine: Engine;
  let listening: Set<number>;
  let deleted: Set<string>;

  beforeEach(() => {
    engine = new Engine();
    listening = new Set();
    deleted = new Set();
  });

  function view(): RepairView {
    return {
      stamp: { at: engine.now, actor: '', by: 'recovery' },
      isListening: ({ port }) => listening.has(port),
      deleted,
      cooldownMs: 30_000,
    };
  }

  function allocate(workspace: string, service: string, serviceType: string): Allocation {
    engine.now += 1;
    engine.caller = participant('window', { folders: [workspace] });
    return granted(engine.allocate({ workspace, service, serviceType })).allocation;
  }

  function leave({ id }: Allocation): void {
    const stamp = { at: engine.now, actor: '', by: 'leader' };
    engine.record([{ kind: 'left', stamp, id, holders: [{ participant: 'window' }] }]);
  }

  function left(): string[] {
    return [...engine.state.allocations.values()]
      .map(({ service, workspace }) => `${service} ${workspace}`)
      .sort();
  }

  describe('of deleted folders', () => {
    it('ends what nobody holds or listens on', () => {
      const [a, b, c] = [
        allocate(A, 'web', 'dev'),
        allocate(B, 'web', 'dev'),
        allocate(C, 'web', 'dev'),
      ];
      allocate(A, 'held', 'dev');
      deleted.add(A).add(C);
      [a, b, c].forEach(leave);
      listening.add(c.port);
      engine.record(lostFolders(engine.state, view()));
      assert.deepEqual(left(), [`held ${A}`, `web ${B}`, `web ${C}`]);
    });
  });

  describe('of a type that became a singleton', () => {
    function rules(): Rules {
      const text =
        '{ "service_types": { "queue": { "port_range": [7000, 7009], "instance_behavior": "single" } } }';
      const reading = readConfiguration(text);
      assert.equal(reading.kind, 'read');
      return rulesOf(reading.configuration, undefined);
    }

    function several(): [Allocation, Allocation, Allocation] {
      const three = [A, B, C].map((workspace) => allocate(workspace, 'jobs', 'queue'));
      three.forEach(leave);
      return three as [Allocation, Allocation, Allocation];
    }

    it('keeps the newest', () => {
      several();
      engine.record(surplusSingletons(engine.state, rules(), view()));
      assert.deepEqual(left(), [`jobs ${C}`]);
    });

    it('keeps the one that listens', () => {
      const [, listens] = several();
      listening.add(listens.port);
      engine.record(surplusSingletons(engine.state, rules(), view()));
      assert.deepEqual(left(), [`jobs ${B}`]);
    });

    it('leaves what somebody holds', () => {
      several();
      allocate(A, 'jobs', 'queue');
      engine.record(surplusSingletons(engine.state, rules(), view()));
      assert.deepEqual(left(), [`jobs ${A}`, `jobs ${C}`]);
    });

    it('leaves every other type alone', () => {
      several().forEach(() => undefined);
      assert.deepEqual(surplusSingletons(engine.state, engine.rules, view()), []);
    });
  });

  describe('of the indices', () => {
    it('is nothing when they agree', () => {
      allocate(A, 'web', 'dev');
      const { state, problems, sound } = withSoundIndices(engine.state);
      assert.equal(state, engine.state);
      assert.deepEqual([problems, sound], [[], true]);
    });

    it('is all of them, made anew from the allocations', () => {
      const { id, port } = allocate(A, 'web', 'dev');
      const wrong = { ...engine.state, byPort: engine.state.byPort.delete(port) };
      const { state, problems, sound } = withSoundIndices(wrong);
      assert.ok(sound);
      assert.match(problems[0] ?? '', /port 3000 does not lead/);
      assert.equal(state.byPort.get(port), id);
    });

    it('cannot be done for allocations that contradict each other', () => {
      const [one, other] = [allocate(A, 'web', 'dev'), allocate(B, 'web', 'dev')];
      const allocations = engine.state.allocations.set(other.id, { ...other, port: one.port });
      const { problems, sound } = withSoundIndices({ ...engine.state, allocations });
      assert.ok(!sound);
      assert.ok(problems.length > 0);
    });
  });
});
