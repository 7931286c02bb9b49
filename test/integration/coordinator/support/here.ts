import { createCoordinator } from '../../../../src/coordinator/wiring/createCoordinator';
import type { Coordinator } from '../../../../src/core/messages/coordinator';
import { SILENT } from '../../../support/world/makers';
import type { Home } from './home';
import { until } from './until';

/** A participant in the test's own process, for what takes exact timing. It must not lead. */
export function participantHere(home: Home, folders: readonly string[] = []): Coordinator {
  return createCoordinator({
    kind: 'window',
    label: 'here',
    folders,
    product: 'integration test',
    version: '0.0.0',
    home: home.path,
    leader: { kind: 'inline' },
    log: SILENT,
  });
}

export async function joinedHere(home: Home, folders?: readonly string[]): Promise<Coordinator> {
  const coordinator = participantHere(home, folders);
  await until('this process to follow', () => coordinator.role.kind === 'follower');
  return coordinator;
}
