import { createCoordinator } from '../../coordinator/wiring/createCoordinator';
import { cli } from './cli';
import { fail } from '../run/failure';
import { systemEnvironment } from './system';
import { createTerminal } from '../run/terminal';

/** How long the process may outlive its answer, should something keep it from ending by itself. */
const LINGER_MS = 1_000;
/** A second Ctrl-C after this is meant; npm and shells repeat the first one at once. */
const INSIST_MS = 1_000;
/** 128 + SIGINT, as shells count. */
const CANCELLED_EXIT_CODE = 130;

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  const terminal = createTerminal(process, process.env);
  const cancel = new AbortController();
  let firstAt: number | undefined;
  const onSignal = (): void => {
    firstAt ??= Date.now();
    cancel.abort();
    if (Date.now() - firstAt > INSIST_MS) {
      process.exit(CANCELLED_EXIT_CODE);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  const environment = systemEnvironment({
    terminal,
    cancel: cancel.signal,
    connect: createCoordinator,
  });
  process.exitCode = await cli(process.argv.slice(2), environment);
  try {
    await terminal.flush();
  } catch (thrown) {
    process.exitCode = fail(environment, thrown, false);
  }
  // Everything was handed to the OS; what is still open now holds nothing that anyone waits for.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
