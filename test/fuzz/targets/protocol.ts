import assert from 'node:assert/strict';
import fc from 'fast-check';
import { METHOD_NAMES, parseParams, type MethodName } from '../../../src/core/messages/methods';
import { mutatedJson } from '../jsonMutations';
import { assertSame, pureTarget, refusalOf } from '../target';

const ID = '00000000-0000-4000-8000-000000000000';
const HOLDER = { participant: ID, kind: 'window', label: 'a', pid: 1, since: 1 };

/** An allocation as a participant that comes back tells it. */
const HELD = {
  id: ID,
  port: 3000,
  serviceType: 'dev',
  service: 'web',
  workspace: '/home/me/a',
  holders: [HOLDER],
  allocatedAt: 1,
};

const TARGET = { id: ID, port: 3000, service: 'web', workspace: '/home/me/a' };

export const VALID: Readonly<Record<MethodName, object>> = {
  handshake: { protocol: 1, nonce: 'ab'.repeat(32) },
  hello: {
    proof: 'ab'.repeat(32),
    participant: {
      id: ID,
      kind: 'window',
      label: 'a',
      pid: 1,
      startedAt: 1,
      identity: 'boot/1/1',
      version: '0.1.0',
      folders: ['/home/me/a'],
    },
    holds: [HELD],
  },
  ping: {},
  folders: { folders: ['/home/me/a'] },
  allocate: {
    requestId: 'request-1',
    workspace: '/home/me/a',
    service: 'web',
    serviceType: 'dev',
    port: 3000,
    exact: false,
    template: 'feature',
    planned: { port: 3000, exact: false, health: '/healthz', protocol: 'http' },
  },
  release: {
    requestId: 'request-2',
    target: TARGET,
    workspaces: ['/home/me/a'],
    confirmed: true,
    everyone: false,
  },
  move: {
    requestId: 'request-3',
    target: { service: 'web', workspace: '/home/me/a' },
    workspaces: ['/home/me/a'],
    confirmed: true,
    port: 3001,
  },
  allocatePlan: {
    requestId: 'request-4',
    workspace: '/home/me/a',
    services: [
      { service: 'web', serviceType: 'dev', port: 3000, exact: true },
      { service: 'api', health: '/', protocol: 'https' },
    ],
    template: 'feature',
    partial: true,
  },
  undoAutoAllocation: { requestId: 'request-5', serviceType: 'grpc' },
  setAutoAllocation: { enabled: true },
  audit: {
    port: 3000,
    workspace: '/home/me/a',
    serviceType: 'dev',
    what: 'granted',
    since: 0,
    limit: 10,
  },
  inspect: { port: 3000 },
  list: {},
  status: {},
  doctor: {},
  handOver: {},
};

const inputs = fc
  .constantFrom(...METHOD_NAMES)
  .chain((method) => mutatedJson([VALID[method]]).map((params) => ({ method, params })));

export const protocol = pureTarget({
  name: 'parameters of requests',
  runs: 1_200,
  inputs,
  holds: ({ method, params }) => {
    const refusal = refusalOf(() => {
      const taken = parseParams(method, params);
      assertSame(parseParams(method, taken), taken, 'taken twice is something else');
      // What is kept and passed on: nothing in it may be lost by being written as JSON.
      if (method === 'hello') {
        assertWritable(taken);
      }
    });
    assert.ok(refusal === undefined || refusal.code === 'invalid_argument');
  },
});

/** Numbers that JSON does not have become null, which nobody can read back. */
function assertWritable(taken: unknown): void {
  JSON.stringify(taken, (key, value: unknown) => {
    const known = /^(?:pid|startedAt|since|allocatedAt|movedFrom)$/.test(key);
    assert.ok(!known || typeof value !== 'number' || Number.isFinite(value), `${key} is no JSON`);
    return value;
  });
}
