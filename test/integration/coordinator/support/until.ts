import { pause } from '../../../support/world/waiting';

const POLL_MS = 20;

/** Far beyond anything measured: reached only when something hangs. */
const BOUND_MS = 40_000;

/** Waits for something to become true. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = BOUND_MS,
): Promise<void> {
  const deadline = Date.now() + boundMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`Waited ${boundMs} ms in vain for ${what}.`);
    }
    await pause(POLL_MS);
  }
}
