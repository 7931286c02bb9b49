import type { Coordinator, Role } from '../../src/core/messages/coordinator';
import { StyxyError } from '../../src/core/domain/errors';
import type { Disposable } from '../../src/core/host/interfaces';
import type { Snapshot } from '../../src/core/messages/requests';

/** A snapshot of nothing. */
export const EMPTY_SNAPSHOT: Snapshot = {
  epoch: 1,
  seq: 1,
  leader: { pid: 1, participant: 'p1', kind: 'window', label: 'shop', since: 0 },
  participants: [],
  allocations: [],
};

/** A coordinator that says what a test lets it say, and refuses every request. */
export class FakeCoordinator implements Coordinator {
  readonly participant = 'p1';
  role: Role = { kind: 'connecting' };
  snapshot: Snapshot | undefined;
  closed = 0;
  private readonly listeners = new Set<() => void>();

  readonly allocate = refuse;
  readonly release = refuse;
  readonly move = refuse;
  readonly allocatePlan = refuse;
  readonly undoAutoAllocation = refuse;
  readonly setAutoAllocation = refuse;
  readonly audit = refuse;
  readonly inspect = refuse;
  readonly status = refuse;
  readonly doctor = refuse;
  readonly list = refuse;
  readonly handOver = refuse;

  get listening(): number {
    return this.listeners.size;
  }

  push(role: Role, snapshot?: Snapshot): void {
    this.role = role;
    this.snapshot = snapshot ?? this.snapshot;
    for (const listener of this.listeners) {
      listener();
    }
  }

  onDidChange(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  setFolders(): void {
    // It decides nothing by folders.
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

function refuse(): Promise<never> {
  return Promise.reject(new StyxyError('leader_unavailable', 'There is no leader in this test.'));
}
