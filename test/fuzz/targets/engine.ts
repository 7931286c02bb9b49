import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StyxyError } from '../../../src/core/domain/errors';
import { bodyText, commitLine, readLine } from '../../../src/core/log/records';
import type { Participant } from '../../../src/core/domain/model';
import { parseParams } from '../../../src/core/messages/methods';
import { apply } from '../../../src/core/state/apply';
import { fromBody, toBody } from '../../../src/core/state/encode';
import { emptyState } from '../../../src/core/state/state';
import { Engine, type Outcome } from '../../unit/core/allocation/support/engine';
import { mutatedJson } from '../jsonMutations';
import { assertCoded, assertSame, pureTarget } from '../target';
import { VALID } from './protocol';
import { sha256 as digest } from '../../../src/platform/fs/runtime';

type Asked = 'allocate' | 'allocatePlan' | 'release' | 'move' | 'undoAutoAllocation';

const A = '/home/me/a';
const B = '/home/me/b';
const ID = 'allocation-2';

/** Beside the valid ones of the protocol: what plays together in a short story. */
const REQUESTS: Readonly<Record<Asked, readonly object[]>> = {
  allocate: [
    VALID.allocate,
    { requestId: 'request-6', workspace: A, service: 'web' },
    { requestId: 'request-7', workspace: B, service: 'web', port: 3000, exact: true },
    { requestId: 'request-8', workspace: B, service: 'grpc' },
    { requestId: 'request-9', workspace: A, service: 'rag', serviceType: 'ai' },
    { requestId: 'request-10', workspace: B, service: 'rag', serviceType: 'ai' },
  ],
  allocatePlan: [VALID.allocatePlan],
  release: [VALID.release, { requestId: 'request-11', target: { id: ID }, workspaces: [A] }],
  move: [VALID.move, { requestId: 'request-12', target: { id: ID }, workspaces: [A], port: 3456 }],
  undoAutoAllocation: [VALID.undoAutoAllocation],
};

const step = fc
  .constantFrom<Asked>(
    'allocate',
    'allocate',
    'allocatePlan',
    'release',
    'move',
    'undoAutoAllocation',
  )
  .chain((method) =>
    mutatedJson(REQUESTS[method], { maxEdits: 2 }).map((params) => ({ method, params })),
  );

/** Who asks has introduced itself, with more or less sense. */
const caller = mutatedJson([VALID.hello], { maxEdits: 1 });

export const engine = pureTarget({
  name: 'decisions',
  runs: 300,
  inputs: fc.record({ caller, steps: fc.array(step, { minLength: 1, maxLength: 8 }) }),
  holds: ({ caller: introduced, steps }) => {
    const engine = new Engine();
    engine.caller = participantOf(introduced) ?? engine.caller;
    engine.listen(3001);
    for (const { method, params } of steps) {
      const outcome = ask(engine, method, params);
      if (outcome?.kind === 'refuse') {
        assertCoded(outcome.error);
      } else if (outcome !== undefined) {
        assert.doesNotThrow(() => JSON.stringify(outcome.answer));
      }
    }
    assertKept(engine);
  },
});

function participantOf(introduced: unknown): Participant | undefined {
  return parsed(() => parseParams('hello', introduced))?.participant;
}

/** Undefined for what does not get past the door. */
function ask(engine: Engine, method: Asked, params: unknown): Outcome<unknown> | undefined {
  switch (method) {
    case 'allocate': {
      const request = parsed(() => parseParams(method, params));
      return request && engine.allocate(request);
    }
    case 'allocatePlan': {
      const request = parsed(() => parseParams(method, params));
      return request && engine.plan(request.services, request);
    }
    case 'release': {
      const request = parsed(() => parseParams(method, params));
      return request && engine.release(request.target, request);
    }
    case 'move': {
      const request = parsed(() => parseParams(method, params));
      return request && engine.move(request.target, request.port, request);
    }
    case 'undoAutoAllocation': {
      const request = parsed(() => parseParams(method, params));
      return request && engine.undo(request.serviceType, request.requestId);
    }
  }
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof StyxyError) {
      return undefined;
    }
    throw error;
  }
}

/** What was committed is read back the same, from the checkpoint and from the journal. */
function assertKept({ state, log }: Engine): void {
  const text = bodyText(state);
  const written: unknown = JSON.parse(text);
  assertSame(text, JSON.stringify(toBody(state)), 'written in parts it is another one');
  const read = fromBody(written);
  assert.ok(
    read.kind === 'state',
    `it cannot be read back: ${read.kind === 'invalid' ? read.where : ''}`,
  );
  assertSame(JSON.parse(bodyText(read.state)), written, 'the state that is read back');
  const line = readLine(1, commitLine(1, 1, log, digest).slice(0, -1), digest);
  assert.ok(line.kind === 'commit');
  const replayed = (line.events as typeof log).reduce(apply, emptyState());
  assertSame(JSON.parse(bodyText(replayed)), written, 'the state that is replayed');
}
