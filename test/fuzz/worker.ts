/** The thread in which the targets run: it may hang, and then another one says so. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Order, Shared } from './orders';
import { TARGETS } from './targets';

const counter = new Int32Array((workerData as Shared).counter);

parentPort?.on('message', (order: Order) => {
  void perform(order);
});

async function perform({ name, seed, runs }: Order): Promise<void> {
  const target = TARGETS.find((each) => each.name === name);
  Atomics.store(counter, 0, 0);
  const onRun = (): void => void Atomics.add(counter, 0, 1);
  parentPort?.postMessage(await target?.play({ seed, runs, onRun }));
}
