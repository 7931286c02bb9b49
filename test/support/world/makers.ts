/** Ordinary records: a test says only what matters to it. */
import type { Allocation } from '../../../src/core/domain/model';
import type { LockRecord, Log } from '../../../src/core/host/interfaces';
import type { StateEvent } from '../../../src/core/state/events';

const nothing = (): void => undefined;

export const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const LOCK_RECORD: LockRecord = {
  v: 1,
  protocol: 1,
  nonce: 'nonce',
  pid: process.pid,
  startedAt: 0,
  bootId: 'boot',
  product: 'test',
  version: '0.0.0',
  socket: '/nowhere.sock',
  secret: '0'.repeat(64),
};

export function allocation(more: Partial<Allocation> = {}): Allocation {
  const { port = 3000, service = 'web' } = more;
  return {
    id: service,
    port,
    serviceType: 'dev',
    service,
    workspace: '/home/me/shop',
    holders: [],
    allocatedAt: 0,
    ...more,
  };
}

/** The event by which there is such an allocation. */
export function grantOf(more: Partial<Allocation> = {}): StateEvent {
  const stamp = { at: 1, actor: 'tester', by: 'tester' };
  return { kind: 'granted', stamp, allocation: allocation(more) };
}
