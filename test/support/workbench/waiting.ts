import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a loaded two-core machine, short enough to fail before a test's own limit. */
export const WAIT_MS = 20_000;
const POLL_MS = 50;

export interface WaitOptions<T> {
  /** What is waited for, as in "Timed out waiting for ...". */
  readonly what: string;
  readonly read: () => Promise<T>;
  readonly until: (value: T) => boolean;
  readonly timeout?: number;
}

/**
 * Reads until the value is the expected one and returns it. Fails with what was there instead: the
 * last value, or the last error when reading itself failed.
 */
export async function waitFor<T>(options: WaitOptions<T>): Promise<T> {
  const { what, read, until, timeout = WAIT_MS } = options;
  const deadline = Date.now() + timeout;
  let last = 'nothing was read';
  for (;;) {
    try {
      const value = await read();
      if (until(value)) {
        return value;
      }
      last = describe(value);
    } catch (error) {
      // Elements come and go while the workbench draws; only the last failure is of interest.
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() >= deadline) {
      throw new Error(`Timed out after ${timeout} ms waiting for ${what}. Last seen: ${last}`);
    }
    await delay(POLL_MS);
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value, null, 1) ?? '');
}

/** Whether a text is the wanted one: equal to a string, or matched by a pattern. */
export function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text);
}

/** The editor draws spaces that must not collapse as no-break spaces. */
export function plain(text: string | null | undefined): string {
  return (text ?? '').replace(/\u00a0/g, ' ').replace(/[\u200b-\u200f\ufeff]/g, '');
}
