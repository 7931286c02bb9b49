/** What was seen of a port beyond its state, in words: whose a listener is, and how it does. */
import { basename, dirname, join } from 'node:path';
import { t } from '@vscode/l10n';
import type { AllocationView, HealthReport, Intruder, Observation } from '../../core/domain/model';
import { commandText, folderName, pairText, processText } from './states';

/** `from shop-2 (other checkout)`, `from docs`; undefined where it is of no workspace. */
export function whoseText({ workspace, intruder }: AllocationView): string | undefined {
  if (intruder?.workspace === undefined) {
    return undefined;
  }
  const place = nameBeside(intruder.workspace, workspace);
  return isWrongCheckout(intruder) ? t('from {0} (other checkout)', place) : t('from {0}', place);
}

/** The last folder; with the one above where both would be called the same. */
function nameBeside(workspace: string, own: string): string {
  const name = folderName(workspace);
  return name === folderName(own) ? join(basename(dirname(workspace)), name) : name;
}

function isWrongCheckout(intruder: Intruder): boolean {
  return intruder.kind === 'sibling' && intruder.sameRepository;
}

/** `unhealthy: it answered 500 (3 times)`; undefined for what is well or was not asked. */
export function unhealthyText({ health }: AllocationView): string | undefined {
  if (health === undefined || health.ok) {
    return undefined;
  }
  const { reason, failures } = health;
  return failures > 1
    ? t('unhealthy: {0} ({1} times)', reason, failures)
    : t('unhealthy: {0}', reason);
}

/** What a row says behind the state: whose the listener is, how it does, what it runs. */
export function observedParts(view: AllocationView): string[] {
  const whose = whoseText(view);
  const isStranger = view.state === 'conflict' && whose === undefined;
  const who = isStranger ? processText(view.process) : commandText(view.process);
  return [whose, unhealthyText(view), who].filter((part) => part !== undefined);
}

/** The same without what runs there when all is well. */
export function troubleParts(view: AllocationView): string[] {
  return isWell(view) ? [] : observedParts(view);
}

/** Nobody else has the port, and its server does not fail the check of its plan. */
function isWell({ state, health }: Observation): boolean {
  return state !== 'conflict' && health?.ok !== false;
}

/** Who has a port that is in conflict: `node a.js (pid 7), from another workspace, /home/me/b`. */
function intruderText({ process, intruder }: AllocationView): string {
  const who = processText(process);
  if (intruder === undefined) {
    return who;
  }
  if (intruder.workspace === undefined) {
    return t('{0}, which was there before the allocation', who);
  }
  return isWrongCheckout(intruder)
    ? t('{0}, from another checkout of the same repository, {1}', who, intruder.workspace)
    : t('{0}, from another workspace, {1}', who, intruder.workspace);
}

/** The conflict in one sentence. */
export function conflictSentence(view: AllocationView): string {
  return t('Port {0} of {1} is in use by {2}.', view.port, pairText(view), intruderText(view));
}

/** What is to be known beyond the state, in full sentences, with what to do. */
export function observedSentences(view: AllocationView): string[] {
  if (view.state === 'conflict') {
    return [
      conflictSentence(view),
      t('Move it to a free port, or stop the other server and start its own.'),
    ];
  }
  if (view.state === 'orphaned') {
    return [
      t(
        'Nobody holds this port and nobody listens: it is released after some checks, unless it is asked for again or someone listens.',
      ),
    ];
  }
  return view.health?.ok === false ? [unhealthySentence(view, view.health)] : [];
}

function unhealthySentence(
  { planned }: AllocationView,
  { reason, failures }: Extract<HealthReport, { ok: false }>,
): string {
  const check = planned?.health ?? t('of its plan');
  const why = failures > 1 ? t('{0}, {1} times', reason, failures) : reason;
  return t('Its server listens but failed the health check {0}: {1}.', check, why);
}
