import { t } from '@vscode/l10n';
import type { Role } from '../../core/messages/coordinator';
import type { AllocationView } from '../../core/domain/model';
import { troubleParts, stateText } from './allocation';

export interface StatusContent {
  /** With codicons. */
  readonly text: string;
  /** Without, for those who hear it. */
  readonly spoken: string;
  /** True when only the user can mend what is wrong. */
  readonly warn: boolean;
}

/** More ports than these are counted, not listed: the bar is shared with everybody else. */
const MAX_LISTED = 3;

/** What the status bar item says. `ports` are those of this window's workspaces. */
export function statusContent(
  role: Role,
  ports: readonly AllocationView[] | undefined,
): StatusContent {
  if (role.kind === 'unreachable') {
    return {
      text: '$(warning) Styxy',
      spoken: t('Styxy: not connected. {0}', role.problem),
      warn: true,
    };
  }
  if (role.kind === 'connecting' && ports === undefined) {
    return { text: '$(loading~spin) Styxy', spoken: t('Styxy: connecting'), warn: false };
  }
  if (ports === undefined || ports.length === 0) {
    return { text: '$(plug) Styxy', spoken: t('Styxy: no ports in this window'), warn: false };
  }
  const conflicts = ports.filter(({ state }) => state === 'conflict').length;
  const listed = inOrder(ports).slice(0, MAX_LISTED);
  const names = listed.map(({ service, port }) => `${service} ${port}`);
  const rest = ports.length - listed.length;
  const short = [...names, ...(rest > 0 ? [`+${rest}`] : [])].join(' · ');
  const spoken = [
    ...listed.map((view) => spokenPort(view)),
    ...(rest > 0 ? [t('and {0} more', rest)] : []),
  ].join(', ');
  const icon = role.kind === 'connecting' ? 'loading~spin' : conflicts > 0 ? 'warning' : 'plug';
  return { text: `$(${icon}) ${short}`, spoken: t('Styxy: {0}', spoken), warn: conflicts > 0 };
}

/** A port in conflict looks different and must sound so. */
function spokenPort(view: AllocationView): string {
  const { service, port, state } = view;
  const trouble = troubleParts(view);
  const words = state === 'conflict' ? [stateText(state), ...trouble] : trouble;
  return [`${service} ${port}`, ...words].join(' ');
}

/** Those that need the user first, then those that listen, then by name. */
export function inOrder(ports: readonly AllocationView[]): AllocationView[] {
  return [...ports].sort(
    (a, b) =>
      RANK[a.state] - RANK[b.state] || a.service.localeCompare(b.service) || a.port - b.port,
  );
}

const RANK: Readonly<Record<AllocationView['state'], number>> = {
  conflict: 0,
  listening: 1,
  reserved: 2,
  down: 2,
  orphaned: 3,
};
