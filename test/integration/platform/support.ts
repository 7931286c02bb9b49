import assert from 'node:assert/strict';
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StyxyError, type StyxyErrorCode } from '../../../src/core/domain/errors';
import type { LockRecord } from '../../../src/core/host/interfaces';
import { SystemClock, SystemIds } from '../../../src/platform/fs/runtime';
import {
  FileEpochFolder,
  type EpochFolderOptions,
} from '../../../src/platform/storage/epochFolder';

/** A fresh folder for each test, removed after it. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await realpath(await mkdtemp(join(tmpdir(), 'styxy-platform-')));
  });
  afterEach(async () => {
    await rm(folder.path, { recursive: true, force: true });
  });
  return folder;
}

export function openFolder(
  path: string,
  options: Partial<EpochFolderOptions> = {},
): FileEpochFolder {
  return new FileEpochFolder({ path, clock: new SystemClock(), ids: new SystemIds(), ...options });
}

export function lockRecord(nonce = new SystemIds().nonce(16)): LockRecord {
  return {
    v: 1,
    protocol: 1,
    nonce,
    pid: process.pid,
    startedAt: 1,
    bootId: 'boot',
    product: 'test',
    version: '0.0.0',
    socket: `/tmp/styxy-test/${nonce}.sock`,
    secret: 'ab'.repeat(32),
  };
}

/** Asserts a coded refusal whose message says enough to act on; answers it. */
export async function refusal(
  promise: Promise<unknown>,
  code: StyxyErrorCode,
  message: RegExp,
): Promise<StyxyError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof StyxyError, `not a StyxyError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return error;
  }
  throw new assert.AssertionError({ message: `was not refused with ${code}` });
}

/** An errno as the operating system would throw it. */
export function errnoError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** Any user that owns nothing here: `nobody`. */
export const STRANGER = 65534;

/** Runs a step while this process may not look into the folder. */
export async function withoutAccess(folder: string, step: () => Promise<void>): Promise<void> {
  if (isRoot()) {
    // Root may look everywhere, so somebody else has to.
    process.seteuid?.(STRANGER);
    try {
      await step();
    } finally {
      process.seteuid?.(0);
    }
    return;
  }
  await chmod(folder, 0);
  try {
    await step();
  } finally {
    await chmod(folder, 0o700);
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
