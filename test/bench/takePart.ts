import type { Coordinator } from '../../src/core/messages/coordinator';
import { createCoordinator } from '../../src/coordinator/wiring/createCoordinator';

/** A headless participant in the home that `STYXY_HOME` names. */
export function takePart(label: string): Coordinator {
  const quiet = (): void => undefined;
  return createCoordinator({
    kind: 'daemon',
    label,
    folders: [],
    product: 'benchmark',
    version: '0.0.0',
    leader: { kind: 'inline' },
    log: { debug: quiet, info: quiet, warn: console.error, error: console.error },
  });
}
