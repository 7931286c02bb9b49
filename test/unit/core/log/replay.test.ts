import assert from 'node:assert/strict';
import type { StateEvent } from '../../../../src/core/state/events';
import {
  bodyText,
  checkpointOf,
  checkpointText,
  commitLine,
  openingLine,
} from '../../../../src/core/log/records';
import type { Read } from '../../../../src/core/host/interfaces';
import { replayEpoch, type EpochCopies } from '../../../../src/core/log/replay';
import { apply } from '../../../../src/core/state/apply';
import { toBody } from '../../../../src/core/state/encode';
import { emptyState, type State } from '../../../../src/core/state/state';
import { sha256 as digest } from '../../../../src/platform/fs/runtime';
import { grantOf } from '../../../support/world/makers';

const EPOCH = 3;
const absent: Read<string> = { kind: 'absent' };
const read = (value: string): Read<string> => ({ kind: 'read', value });

function grant(port: number): StateEvent {
  return grantOf({ id: `00000000-0000-4000-8000-0000000${port}`, port, service: `s${port}` });
}

const opening = apply(emptyState(), grant(30001));
const commits = [grant(30002), grant(30003), grant(30004)];
const after = (count: number): State => commits.slice(0, count).reduce(apply, opening);

function journal(epoch = EPOCH): string {
  const lines = commits.map((event, index) => commitLine(epoch, 11 + index, [event], digest));
  return openingLine({ epoch, seq: 10 }, digest, bodyText(opening)) + lines.join('');
}

function checkpoint(count: number, epoch = EPOCH): string {
  const numbered = { epoch, seq: 10 + count };
  return checkpointText(checkpointOf(numbered, digest, bodyText(after(count))));
}

/** As a leader leaves it that was killed after its third answer. */
const whole: EpochCopies = {
  main: read(checkpoint(2)),
  bak: read(checkpoint(1)),
  a: read(journal()),
  b: read(journal()),
};

function judged(copies: Partial<EpochCopies>) {
  return replayEpoch(EPOCH, { ...whole, ...copies }, digest);
}

function assertAllAnswers(copies: Partial<EpochCopies>, message?: string): void {
  const result = judged(copies);
  assert.equal(result.kind, 'base', message);
  assert.ok(result.kind === 'base');
  assert.equal(result.seq, 13, message);
  assert.equal(result.gap, false, message);
  assert.deepEqual(toBody(result.state), toBody(after(3)), message);
}

describe('what an epoch left behind', () => {
  it('is its checkpoint and the lines above it', () => {
    assertAllAnswers({});
  });

  it('is complete without any one copy', () => {
    for (const name of ['main', 'bak', 'a', 'b'] as const) {
      assertAllAnswers({ [name]: absent }, name);
    }
  });

  it('is complete without both checkpoints, from line 1', () => {
    assertAllAnswers({ main: absent, bak: absent });
  });

  it('is complete whichever byte of whichever file is flipped', () => {
    for (const name of ['main', 'bak', 'a', 'b'] as const) {
      const copy = whole[name];
      assert.ok(copy.kind === 'read');
      for (let at = 0; at < copy.value.length; at += 1) {
        const flipped = String.fromCharCode(copy.value.charCodeAt(at) ^ 1);
        const text = copy.value.slice(0, at) + flipped + copy.value.slice(at + 1);
        assertAllAnswers({ [name]: read(text) }, `${name} at byte ${at}`);
      }
    }
  });

  it('is complete wherever whichever file is cut off', () => {
    for (const name of ['main', 'bak', 'a', 'b'] as const) {
      const copy = whole[name];
      assert.ok(copy.kind === 'read');
      for (let length = 0; length < copy.value.length; length += 1) {
        assertAllAnswers({ [name]: read(copy.value.slice(0, length)) }, `${name} cut to ${length}`);
      }
    }
  });

  it('ends before a torn tail that neither journal has, which nobody was answered', () => {
    const torn = read(journal().slice(0, -5));
    const result = judged({ a: torn, b: torn });
    assert.ok(result.kind === 'base');
    assert.deepEqual([result.seq, result.gap], [12, false]);
  });

  it('shows a gap when an intact line lies beyond one that neither journal has', () => {
    const lines = journal().split('\n');
    const holed = read([lines[0], 'damaged', 'damaged', ...lines.slice(3)].join('\n'));
    const result = judged({ main: absent, bak: absent, a: holed, b: holed });
    assert.ok(result.kind === 'base');
    assert.deepEqual([result.seq, result.gap], [10, true]);
  });

  it('names the copies that are damaged', () => {
    const result = judged({ main: read('{}'), a: read(journal().replace('"seq":13', '"seq":14')) });
    assert.ok(result.kind === 'base');
    assert.deepEqual([...result.damaged].sort(), ['a', 'main']);
    assert.equal(result.seq, 13);
  });

  it('is nothing when it never answered', () => {
    const onlyOpening = openingLine({ epoch: EPOCH, seq: 10 }, digest, bodyText(opening));
    const torn = read(onlyOpening.slice(0, 40));
    for (const copies of [
      { a: absent, b: absent },
      { a: read(''), b: read('') },
      { a: torn, b: torn },
    ]) {
      assert.equal(judged({ main: absent, bak: absent, ...copies }).kind, 'unopened');
    }
  });

  it('is damaged when it answered and nothing can be read', () => {
    const damaged = read('x\ny\n');
    const result = judged({ main: read('?'), bak: absent, a: damaged, b: damaged });
    assert.ok(result.kind === 'damaged');
    assert.deepEqual([...result.damaged], ['main', 'a', 'b']);
  });

  it('is damaged when both journals lost a complete line 1 and there is no checkpoint', () => {
    const first = openingLine({ epoch: EPOCH, seq: 10 }, digest, bodyText(opening));
    const damaged = read(first.replace('"opening"', '"openinG"'));
    assert.equal(judged({ main: absent, bak: absent, a: damaged, b: damaged }).kind, 'damaged');
  });

  it('is never taken from another epoch', () => {
    const foreign: EpochCopies = {
      main: read(checkpoint(2, 2)),
      bak: absent,
      a: read(journal(2)),
      b: read(journal(2)),
    };
    assert.equal(replayEpoch(EPOCH, foreign, digest).kind, 'damaged');
  });

  it('is newer when its body or an event is of a later version', () => {
    const body = JSON.stringify({ ...toBody(opening), schema: 999 });
    const later = checkpointText(checkpointOf({ epoch: EPOCH, seq: 10 }, digest, body));
    assert.equal(judged({ main: read(later) }).kind, 'newer');
    const unknown = [{ kind: 'teleported' }] as unknown as StateEvent[];
    const line = commitLine(EPOCH, 14, unknown, digest);
    assert.equal(judged({ a: read(journal() + line) }).kind, 'newer');
  });

  it('passes over an intact body that is no state, and takes the next copy', () => {
    const faulty = checkpointText(
      checkpointOf({ epoch: EPOCH, seq: 12 }, digest, JSON.stringify({ schema: 1 })),
    );
    assertAllAnswers({ main: read(faulty) });
  });

  it('passes over what is no JSON although its sum is right', () => {
    const number = { epoch: EPOCH, seq: 12 };
    const faulty = checkpointText(checkpointOf(number, digest, '{'));
    assertAllAnswers({ main: read(faulty) });
    const line = openingLine({ epoch: EPOCH, seq: 10 }, digest, '[} ');
    assertAllAnswers({ main: absent, bak: absent, a: read(line) });
  });

  it('stops at a line that does not fit the state before it', () => {
    const twice = commitLine(EPOCH, 14, [grant(30002)], digest);
    const result = judged({ a: read(journal() + twice), b: read(journal() + twice) });
    assert.ok(result.kind === 'base');
    assert.deepEqual([result.seq, result.gap], [13, true]);
  });
});
