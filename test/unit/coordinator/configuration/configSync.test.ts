import assert from 'node:assert/strict';
import { ActiveConfiguration } from '../../../../src/coordinator/configuration/activeConfiguration';
import { ConfigSync } from '../../../../src/coordinator/configuration/configSync';
import type { CommitOutcome } from '../../../../src/coordinator/log/commit';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { StateEvent } from '../../../../src/core/state/events';
import { apply } from '../../../../src/core/state/apply';
import { emptyState, type State } from '../../../../src/core/state/state';
import { ManualClock } from '../../../support/world/clocks';
import { participant } from '../../core/allocation/support/engine';
import { FakeConfig } from '../support';
import { SILENT } from '../../../support/world/makers';

const LOOK_MS = 500;
const caller = participant('window-1');

describe('config.json', () => {
  let clock: ManualClock;
  let file: FakeConfig;
  let state: State;
  let refused: StyxyError | undefined;
  let configuring: ConfigSync;
  let parses: number;
  let active: ActiveConfiguration;

  beforeEach(() => {
    clock = new ManualClock();
    file = new FakeConfig();
    state = emptyState();
    refused = undefined;
    parses = 0;
    active = new ActiveConfiguration(
      { log: SILENT, ephemeral: undefined, path: file.path },
      (text) => {
        parses += 1;
        return readConfiguration(text);
      },
    );
    configuring = another();
  });

  /** What a leader has of its own; the file and the state outlive it. */
  function another(): ConfigSync {
    return new ConfigSync({
      store: file,
      active,
      clock,
      log: SILENT,
      leader: () => ({
        get state() {
          return state;
        },
        decideAndRecord: async (decide) => record(decide()),
      }),
      verify: async () => undefined,
      onChange: () => undefined,
    });
  }

  function record(events: readonly StateEvent[]): CommitOutcome {
    if (events.length > 0 && refused !== undefined) {
      return {
        kind: 'ended',
        why: { kind: 'storage', epoch: 1, during: 'append' },
        cause: refused,
      };
    }
    state = events.reduce(apply, state);
    return { kind: 'committed' };
  }

  async function begin(text: string | undefined): Promise<void> {
    file.text = text;
    await configuring.begin();
    configuring.watch();
  }

  it('is parsed once for each edit, although the file, the rules and the windows read it', async () => {
    const texts = [
      '{ "reservations": { "4001": "x" } }',
      '{ "reservations": { "4002": "x" } }',
      '{ "bad": }',
    ];
    const used = (): void => {
      active.rules(state);
      active.view(state, configuring.problems);
    };
    await begin(undefined);
    used();
    assert.equal(parses, 1);
    for (const [index, text] of texts.entries()) {
      file.text = text;
      await clock.advance(3 * LOOK_MS);
      used();
      assert.equal(parses, 2 + index, text);
    }
    assert.deepEqual([...active.rules(state).reservations.keys()], [4002]);
    await configuring.setAutoAllocation(false, caller).catch(() => undefined);
    used();
    assert.equal(parses, 4, 'a file with errors is not changed');
  });

  it('an edit of Styxy itself is parsed once', async () => {
    await begin('{ "reservations": { "4001": "x" } }');
    active.rules(state);
    await configuring.setAutoAllocation(false, caller);
    active.view(state, configuring.problems);
    assert.equal(active.rules(state).autoAllocation.enabled, false);
    await clock.advance(3 * LOOK_MS);
    assert.equal(parses, 2);
  });

  /** A type that was found, as a decision records it. */
  function find(name: string, first: number): void {
    const stamp = { at: clock.now(), actor: 'window-1', by: 'window-1' };
    const type = {
      name,
      range: { first, last: first + 9 },
      placement: 'after',
      at: clock.now(),
      by: 'window-1',
      projected: false,
    } as const;
    record([{ kind: 'type-added', stamp, type }]);
  }

  function undo(name: string): void {
    const stamp = { at: clock.now(), actor: 'window-1', by: 'window-1' };
    record([{ kind: 'type-removed', stamp, name }]);
  }

  describe('while the disk refuses', () => {
    const full = new StyxyError('storage_unavailable', 'The disk is full.');

    it('is followed once it has room again, although it was not edited since', async () => {
      await begin('{}');
      refused = full;
      file.text = '{ "reservations": [] }';
      await clock.advance(LOOK_MS);
      assert.equal(state.configuration?.text, '{}');
      refused = undefined;
      await clock.advance(LOOK_MS);
      assert.equal(state.configuration.text, '{ "reservations": [] }');
    });

    it('is not said to be changed', async () => {
      await begin('{}');
      refused = full;
      await assert.rejects(configuring.setAutoAllocation(false, caller), full);
      refused = undefined;
      await clock.advance(LOOK_MS);
      assert.equal(state.configuration?.text, file.text, 'the next look takes what is there');
    });

    it('is not edited on the ground of what was read before', async () => {
      await begin('{}');
      refused = full;
      file.text = '{ "mine": 1 }';
      await assert.rejects(configuring.setAutoAllocation(false, caller), full);
      assert.equal(file.text, '{ "mine": 1 }');
    });
  });

  describe('that is empty or gone for a moment', () => {
    const shown = '{ "service_types": { "dev": { "port_range": [7000, 7009] } } }';

    for (const blank of ['', '\n', undefined]) {
      it(`is not taken at its word: ${JSON.stringify(blank) ?? 'gone'}`, async () => {
        await begin(shown);
        find('grafana', 11_510);
        await clock.advance(LOOK_MS);
        const { text } = file;
        file.text = blank;
        await clock.advance(LOOK_MS);
        assert.equal(state.configuration?.text, text);
        assert.ok(state.types.has('grafana'));
        file.text = text;
        await clock.advance(LOOK_MS);
        assert.ok(state.types.has('grafana'));
      });

      it(`is taken at its word when it stays so: ${JSON.stringify(blank) ?? 'gone'}`, async () => {
        await begin(shown);
        find('grafana', 11_510);
        await clock.advance(LOOK_MS);
        file.text = blank;
        await clock.advance(2 * LOOK_MS);
        assert.ok(!state.types.has('grafana'));
        assert.notEqual(state.configuration?.text, shown);
      });
    }

    it('is believed by a leader that leads for one command only', async () => {
      await begin(shown);
      file.text = undefined;
      const next = another();
      const begun = next.begin();
      await clock.advance(LOOK_MS);
      await begun;
      assert.equal(state.configuration?.text, undefined);
    });

    it('is not believed sooner because it was so before it had errors', async () => {
      await begin(shown);
      file.text = undefined;
      await clock.advance(LOOK_MS);
      file.text = '{ broken';
      await clock.advance(60_000);
      file.text = undefined;
      await clock.advance(LOOK_MS);
      assert.equal(state.configuration?.text, shown);
      await clock.advance(LOOK_MS);
      assert.equal(state.configuration.text, undefined);
    });

    it('is edited as what it is then', async () => {
      await begin(shown);
      file.text = '';
      const done = configuring.setAutoAllocation(false, caller);
      await clock.advance(LOOK_MS);
      await done;
      assert.ok(!file.text.includes('service_types'));
      assert.match(file.text, /"enabled": ?false/);
    });

    it('is edited as what came back', async () => {
      await begin(shown);
      file.text = '';
      const done = configuring.setAutoAllocation(false, caller);
      await clock.advance(100);
      file.text = shown;
      await clock.advance(LOOK_MS);
      await done;
      assert.match(file.text, /"dev"/);
      assert.match(file.text, /"enabled": ?false/);
    });
  });

  it('shows a found range, and it counts as shown', async () => {
    await begin(undefined);
    find('grafana', 11_510);
    await clock.advance(LOOK_MS);
    assert.match(file.text ?? '', /11510/);
    assert.equal(state.types.get('grafana')?.projected, true);
  });

  it('shows a range that was found anew while the one before was written', async () => {
    await begin(undefined);
    find('grafana', 11_510);
    file.onReplace = () => {
      file.onReplace = () => undefined;
      undo('grafana');
      find('grafana', 12_000);
    };
    await clock.advance(LOOK_MS);
    assert.deepEqual(state.types.get('grafana')?.range, { first: 12_000, last: 12_009 });
    await clock.advance(2 * LOOK_MS);
    assert.deepEqual(state.types.get('grafana')?.range, { first: 12_000, last: 12_009 });
    assert.match(file.text ?? '', /12000/);
    assert.doesNotMatch(file.text ?? '', /11510/);
  });
});
