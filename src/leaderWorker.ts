/**
 * Entry of the worker thread that a leading window starts. Loaded on a main thread it starts
 * nothing, and offers what a window needs that cannot start one.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { runLeaderWorker } from './coordinator/wiring/workerMain';

export { onThisThread } from './coordinator/wiring/onThisThread';
export { lookAtRefusedHome } from './platform/doctor/machineFacts';

if (parentPort !== null) {
  void runLeaderWorker(parentPort, workerData);
}
