import { StyxyError } from '../../core/domain/errors';
import type { ConfigurationView, Snapshot } from '../../core/messages/requests';
import { takePart } from '../run/run';
import type { Run } from '../run/run';

export interface ActiveConfiguration {
  readonly snapshot: Snapshot;
  readonly view: ConfigurationView;
}

/** The configuration that the leader decides by. Errors: `protocol_mismatch`. */
export async function activeConfiguration(run: Run): Promise<ActiveConfiguration> {
  const snapshot = await takePart(run, (coordinator) => coordinator.list({ signal: run.cancel }));
  return { snapshot, view: viewOf(snapshot) };
}

/** Errors: `protocol_mismatch` when the leader's version does not tell. */
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
