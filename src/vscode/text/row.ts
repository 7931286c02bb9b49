import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import { observedParts } from './observations';
import { ageText, sharedText, stateText } from './states';

/**
 * The second column of a row: `3000 · listening · node server.js · shared by 3 · 5 min`,
 * `3000 · conflict · from shop-2 (other checkout) · node server.js · 5 min`.
 */
export function rowText(view: AllocationView, now: number): string {
  return [
    String(view.port),
    stateText(view.state),
    ...observedParts(view),
    ...sharedText(view),
    ageText(sinceOf(view), now),
  ].join(' · ');
}

/** The row in words, for those who hear it. */
export function rowLabel(view: AllocationView, now: number): string {
  const spoken = t('{0}, port {1}, {2}', view.service, view.port, stateText(view.state));
  return [spoken, ...observedParts(view), ...sharedText(view), ageText(sinceOf(view), now)].join(
    ', ',
  );
}

/** A listening server's age is its process's; every other one's is the allocation's. */
function sinceOf(view: AllocationView): number {
  const started = view.state === 'listening' ? view.process?.startedAt : undefined;
  return started ?? view.allocatedAt;
}
