/** A process that leads while the benchmark measures through its own, following, connection. */
import { takePart } from './takePart';

const coordinator = takePart('benchmark leader');
void coordinator.status().then(({ epoch }) => process.send?.({ epoch }));
process.on('message', () => {
  void coordinator.close().then(() => process.exit(0));
});
