/** Entry of the worker thread that a leading window starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { runLeaderWorker } from './coordinator/leaderWorker';

if (parentPort !== null) {
  void runLeaderWorker(parentPort, workerData);
}
