/**
 * Where the storm may stop a leader in the middle of something. Compiled out of what ships: without
 * the build's flag nothing of it is left.
 */
import { existsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Defined by the build; absent where TypeScript is run as it is. */
declare const __STYXY_FAULT_POINTS__: boolean;

const STOPPING_MS = 100;

/** `commit`: a batch is in both journals and not checked. `checkpoint`: it has no name yet. */
export type FaultPoint = 'commit' | 'checkpoint';

/**
 * Freezes this process if the folder `STYXY_FAULT_POINTS` has a file `<pid>.<point>`, and takes the
 * file away first. Whoever put it there thaws the process again (SIGCONT).
 */
export function faultPoint(point: FaultPoint): void {
  if (typeof __STYXY_FAULT_POINTS__ === 'undefined' || !__STYXY_FAULT_POINTS__) {
    return;
  }
  const order = join(process.env.STYXY_FAULT_POINTS ?? '', `${process.pid}.${point}`);
  if (existsSync(order)) {
    unlinkSync(order);
    process.kill(process.pid, 'SIGSTOP');
    // In a worker the signal reaches the main thread first: nothing may be done until all stand.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STOPPING_MS);
  }
}
