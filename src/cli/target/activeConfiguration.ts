import { plain } from '../../core/domain/describe';
import { StyxyError } from '../../core/domain/errors';
import type { ConfigurationView, Snapshot } from '../../core/messages/requests';
import { type JoinedRun, type Run, takePart } from '../run/run';
import { shortPath } from '../run/text';

interface ActiveConfiguration {
  readonly snapshot: Snapshot;
  readonly view: ConfigurationView;
}

/** The configuration that the leader decides by. Errors: `protocol_mismatch`. */
export async function activeConfiguration(run: Run): Promise<ActiveConfiguration> {
  const snapshot = await takePart(run, ({ coordinator }) =>
    coordinator.list({ signal: run.cancel }),
  );
  return { snapshot, view: viewOf(snapshot) };
}

/** Errors: `protocol_mismatch` when the leader's version does not send it. */
export function viewOf({ configuration, leader }: Snapshot): ConfigurationView {
  if (configuration === undefined) {
    throw new StyxyError(
      'protocol_mismatch',
      `The leader, ${leader.kind} "${leader.label}" (pid ${leader.pid}), is of an older version ` +
        'and does not tell its configuration. Reload that window, or restart the daemon.',
      { details: { pid: leader.pid, kind: leader.kind } },
    );
  }
  return configuration;
}

/**
 * Prints that `config.json` has errors and what is in force instead. With `--json` too: another
 * port than the file would give has to be explained.
 */
export function showProblems(run: JoinedRun): void {
  const configuration = run.coordinator.snapshot?.configuration;
  const error = configuration?.problems.find(({ severity }) => severity === 'error');
  if (configuration !== undefined && error !== undefined) {
    const path = shortPath(configuration.path, run.userHome);
    run.terminal.note(
      plain(
        `${path} has errors, so what was read before stays in force, or the defaults. ` +
          `${error.message} "styxy config validate" shows all of it.`,
      ),
    );
  }
}
