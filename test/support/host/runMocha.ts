import { join } from 'node:path';
import Mocha from 'mocha';

/** Starting real tasks and terminals takes seconds on a loaded machine. */
const TEST_TIMEOUT_MS = 60_000;

export interface HostRunOptions {
  /** The repository, from where the reporter is loaded. */
  readonly repository: string;
  /** Imports the test modules, which then find `describe` and `it`. */
  readonly load: () => Promise<unknown>;
}

/**
 * Runs the tests that `load` defines inside the extension host, with the reporter of all lanes.
 * Rejects when one fails, which is how an editor's exit code becomes 1.
 */
export async function runMocha({ repository, load }: HostRunOptions): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    color: process.env.FORCE_COLOR === '1',
    timeout: TEST_TIMEOUT_MS,
    forbidOnly: true,
    reporter: join(repository, 'test/support/laneReporter.cjs'),
  });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  await load();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) {
    throw new Error(`${failures} of the tests in the extension host failed.`);
  }
}
