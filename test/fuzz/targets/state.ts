import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromBody, toBody } from '../../../src/core/state/encode';
import { emptyState, type State } from '../../../src/core/state/state';
import {
  bodyText,
  checkpointOf,
  checkpointText,
  commitLine,
  openingLine,
} from '../../../src/core/log/records';
import type { Read } from '../../../src/core/host/interfaces';
import { replayEpoch, type CopyName, type EpochCopies } from '../../../src/core/log/replay';
import { apply } from '../../../src/core/state/apply';
import { Engine } from '../../unit/core/allocation/support/engine';
import { mutatedJson } from '../jsonMutations';
import { assertSame, pureTarget } from '../target';
import { mutatedText } from '../textMutations';
import { sha256 as digest } from '../../../src/platform/fs/runtime';

/** A short life with everything in it that a state can have. */
function history(): Engine {
  const engine = new Engine();
  engine.listen(3000);
  engine.allocate({ service: 'web', planned: { health: '/', port: 3000 } });
  engine.allocate({ service: 'api', workspace: '/home/me/b' });
  engine.allocate({ service: 'rag', serviceType: 'ai' });
  engine.allocate({ service: 'rag', serviceType: 'ai', workspace: '/home/me/b' });
  engine.allocate({ service: 'grpc' });
  engine.move({ service: 'web', workspace: '/home/me/a' }, 3456);
  engine.release({ service: 'api', workspace: '/home/me/b' }, { workspaces: ['/home/me/b'] });
  return engine;
}

const { log, state: LAST } = history();
const FIRST = log.slice(0, 2).reduce(apply, emptyState());
const BODY: unknown = JSON.parse(bodyText(LAST));

export const stateBody = pureTarget({
  name: 'stored states',
  runs: 700,
  inputs: mutatedJson([BODY]),
  holds: (body) => {
    const decoded = fromBody(body);
    if (decoded.kind === 'invalid') {
      assert.ok(decoded.where.length < 2_000);
    }
    if (decoded.kind === 'state') {
      assertReadable(decoded.state);
    }
  },
});

/** What was read can be written and read again, the same. */
function assertReadable(state: State): void {
  const text = bodyText(state);
  assertSame(text, JSON.stringify(toBody(state)), 'written in parts it is another one');
  const again = fromBody(JSON.parse(text));
  assert.ok(again.kind === 'state');
  assertSame(bodyText(again.state), text, 'the state that is read back');
}

const EPOCH = 3;
const NAMES = ['main', 'bak', 'a', 'b'] as const;

const journal = [
  openingLine({ epoch: EPOCH, seq: 2 }, digest, bodyText(FIRST)),
  ...log.slice(2).map((event, index) => commitLine(EPOCH, 3 + index, [event], digest)),
].join('');

const checkpoint = (state: State, seq: number): string =>
  checkpointText(checkpointOf({ epoch: EPOCH, seq }, digest, bodyText(state)));

const TEXTS: Readonly<Record<CopyName, string>> = {
  main: checkpoint(log.slice(0, 4).reduce(apply, emptyState()), 4),
  bak: checkpoint(FIRST, 2),
  a: journal,
  b: journal,
};

const damage = fc.record({
  copy: fc.constantFrom(...NAMES),
  text: fc.option(mutatedText(Object.values(TEXTS)), { nil: undefined }),
});

function judged(damages: readonly { copy: CopyName; text: string | undefined }[]) {
  const copies = Object.fromEntries(
    NAMES.map((name) => {
      const found = damages.find(({ copy }) => copy === name);
      const value = found === undefined ? TEXTS[name] : found.text;
      return [name, copyOf(value)];
    }),
  );
  return replayEpoch(EPOCH, copies as EpochCopies, digest);
}

function copyOf(value: string | undefined): Read<string> {
  return value === undefined ? { kind: 'absent' } : { kind: 'read', value };
}

export const recovery = pureTarget({
  name: 'journals and checkpoints',
  runs: 800,
  inputs: fc.array(damage, { minLength: 1, maxLength: 4 }),
  holds: (damages) => {
    const result = judged(damages);
    if (damages.length === 1) {
      // One copy of four is nothing that anybody may notice.
      assert.ok(result.kind === 'base', result.kind);
      assert.equal(result.seq, log.length);
      assertSame(bodyText(result.state), bodyText(LAST), 'something is lost');
      assert.equal(result.gap, false);
    } else if (result.kind === 'base') {
      assertReadable(result.state);
      assert.ok(result.seq <= log.length);
    }
  },
});

/** Sums that are right over content that is not: a faulty version wrote it. */
const sealed = fc.oneof(
  mutatedJson([BODY]).map((body) => JSON.stringify(body) ?? 'null'),
  mutatedText([bodyText(LAST)]),
);

export const sealedCopies = pureTarget({
  name: 'journals and checkpoints with right sums',
  runs: 500,
  inputs: fc.record({ copy: fc.constantFrom(...NAMES), body: sealed }),
  holds: ({ copy, body }) => {
    const number = { epoch: EPOCH, seq: 2 };
    const text =
      copy === 'main' || copy === 'bak'
        ? checkpointText(checkpointOf(number, digest, body))
        : openingLine(number, digest, body);
    const alone = Object.fromEntries(
      NAMES.map((name) => [name, copyOf(name === copy ? text : undefined)]),
    );
    const result = replayEpoch(EPOCH, alone as EpochCopies, digest);
    if (result.kind === 'base') {
      assertReadable(result.state);
    }
  },
});
