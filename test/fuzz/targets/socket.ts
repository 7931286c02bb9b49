import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isErrorCode, isRecord } from '../../../src/core/domain/errors';
import type { LockRecord } from '../../../src/core/host/interfaces';
import { METHOD_NAMES, type MethodName } from '../../../src/core/messages/methods';
import { createCoordinator } from '../../../src/coordinator/wiring/createCoordinator';
import { parseListing, lockName } from '../../../src/platform/storage/fileNames';
import { parseLockRecord } from '../../../src/platform/storage/lockFile';
import { RawClient, type RawAnswer } from '../../integration/coordinator/support/rawClient';
import { until } from '../../integration/coordinator/support/until';
import { mutatedJson } from '../jsonMutations';
import { target, type Scene } from '../target';
import { mutatedText } from '../textMutations';
import { VALID } from './protocol';

type Input =
  /** Bytes from somebody who has not introduced himself, or has. */
  | { readonly kind: 'bytes'; readonly known: boolean; readonly bytes: string }
  | { readonly kind: 'request'; readonly method: MethodName; readonly params: unknown };

function frame(method: string, params: unknown): string {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const FRAMES = [
  frame('handshake', VALID.handshake),
  frame('hello', VALID.hello),
  frame('ping', {}) + frame('list', {}),
  frame('allocate', VALID.allocate),
  'GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.invalid\r\n\r\n',
  'Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-16\r\n\r\n{}',
  'Content-Length: 17\r\n\r\n{"jsonrpc":"2.0"}',
];

/** The leader may go only when the test is over. */
const ASKED = METHOD_NAMES.filter((method) => method !== 'handOver' && method !== 'handshake');

const inputs: fc.Arbitrary<Input> = fc.oneof(
  fc.record({
    kind: fc.constant('bytes' as const),
    known: fc.boolean(),
    bytes: mutatedText(FRAMES),
  }),
  fc.constantFrom(...ASKED).chain((method) =>
    fc.record({
      kind: fc.constant('request' as const),
      method: fc.constant(method),
      params: mutatedJson([VALID[method]]),
    }),
  ),
);

export const socket = target({ name: 'the socket of a leader', runs: 50, inputs, open });

async function open(): Promise<Scene<Input>> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'styxy-fuzz-')));
  const home = join(root, 'home');
  const workspace = join(root, 'a');
  await Promise.all([home, workspace].map((path) => mkdir(path, { mode: 0o700 })));
  const quiet = (): void => undefined;
  const leader = createCoordinator({
    kind: 'daemon',
    label: 'fuzzed',
    folders: [workspace],
    product: 'fuzz',
    version: '0.0.0',
    home,
    leader: { kind: 'inline' },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const { epoch } = await leader.status();
  const record = await lockIn(home);
  const introduce = (): Promise<RawClient> =>
    RawClient.introduced(record, { folders: [workspace] });
  return {
    holds: async (input) => {
      const known = await introduce();
      try {
        await (input.kind === 'bytes'
          ? write(record, input.known ? known : undefined, input.bytes)
          : request(known, input.method, inWorkspace(input.params, workspace)));
      } finally {
        known.end();
      }
      const after = await introduce();
      const answer = await after.ask('ping', {});
      after.end();
      assert.deepEqual(answer.result, { epoch }, 'the leader is another one');
    },
    close: async () => {
      await leader.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function lockIn(home: string): Promise<LockRecord> {
  const hosts = join(home, 'hosts');
  const [host = ''] = await readdir(hosts);
  const { highest } = parseListing(await readdir(join(hosts, host)));
  const record = parseLockRecord(await readFile(join(hosts, host, lockName(highest)), 'utf8'));
  assert.ok(record !== 'unreadable');
  return record;
}

/** Whatever happens to who wrote it, others are served. */
async function write(
  record: LockRecord,
  known: RawClient | undefined,
  bytes: string,
): Promise<void> {
  const client = known ?? (await RawClient.open(record));
  client.write(Buffer.from(bytes, 'utf8'));
  await new Promise((resolve) => setImmediate(resolve));
  client.answers.forEach(assertAnswer);
  client.end();
}

async function request(client: RawClient, method: MethodName, params: unknown): Promise<void> {
  client.send(JSON.stringify({ jsonrpc: '2.0', id: 'fuzzed', method, params }));
  await until('an answer', () => client.closed || client.answers.some(({ id }) => id === 'fuzzed'));
  client.answers.forEach(assertAnswer);
}

function assertAnswer({ error }: RawAnswer): void {
  if (error === undefined) {
    return;
  }
  const data = isRecord(error.data) ? error.data : undefined;
  // JSON-RPC's own errors have no data: what is no request, and methods that there are not.
  assert.ok(data === undefined ? error.code < -32_000 : isErrorCode(data.code), error.message);
  assert.notEqual(data?.code, 'internal', error.message);
}

/** Requests for a real folder get further. */
function inWorkspace(params: unknown, workspace: string): unknown {
  return JSON.parse(JSON.stringify(params ?? null).replaceAll('/home/me/a', workspace)) as unknown;
}
