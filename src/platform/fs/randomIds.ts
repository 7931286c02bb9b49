import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Ids } from '../../core/host/interfaces';

/** Ids and chance from the operating system's random source. */
export class SystemIds implements Ids {
  uuid(): string {
    return randomUUID();
  }

  nonce(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }

  below(below: number): number {
    return below <= 1 ? 0 : randomInt(below);
  }
}
