/** What is said of one allocation: its state, who has it, and what was seen of it. */
import { basename, dirname, join } from 'node:path';
import { t } from '@vscode/l10n';
import type {
  Allocation,
  AllocationState,
  AllocationView,
  HealthReport,
  Holder,
  Observation,
} from '../../core/domain/model';
import {
  ageOf,
  commandText,
  healthText,
  intruderText,
  isOtherCheckout,
  processText,
} from '../../core/domain/text';

/** `now`, `5 min`, `3 h`, `2 d`: short enough for a row of the tree. */
export function ageText(since: number, now: number): string {
  const { count, unit } = ageOf(since, now);
  const texts: Readonly<Record<typeof unit, string>> = {
    s: t('now'),
    m: t('{0} min', count),
    h: t('{0} h', count),
    d: t('{0} d', count),
  };
  return texts[unit];
}

/** The state as product-wide words. */
export function stateText(state: AllocationState): string {
  const texts: Readonly<Record<AllocationState, string>> = {
    reserved: t('reserved'),
    listening: t('listening'),
    down: t('down'),
    conflict: t('conflict'),
    orphaned: t('orphaned'),
  };
  return texts[state];
}

/** What the state means, in one sentence. */
export function stateSentence(state: AllocationState): string {
  const texts: Readonly<Record<AllocationState, string>> = {
    reserved: t('Nothing has listened here yet.'),
    listening: t('A server listens here.'),
    down: t('A server listened here and does not now.'),
    conflict: t('The listener belongs to someone else.'),
    orphaned: t('Nobody holds this port and nobody listens.'),
  };
  return texts[state];
}

/** The last folder of a path, or the path where it has none. */
export function folderName(workspace: string): string {
  return basename(workspace) || workspace;
}

/** `web in shop`. */
export function pairText(pair: { readonly service: string; readonly workspace: string }): string {
  return t('{0} in {1}', pair.service, folderName(pair.workspace));
}

/** That others may have the same port, and how many hold it. */
export function sharedText({ group, holders }: Allocation): string[] {
  if (group === undefined) {
    return [];
  }
  return [holders.length > 1 ? t('shared by {0}', holders.length) : t('shared')];
}

/** Who holds it; of a shared allocation also for which workspace. */
export function holderText({ group }: Allocation, { label, workspace }: Holder): string {
  const place = workspace === undefined ? label : folderName(workspace);
  return group === undefined || place === label ? label : t('{0} for {1}', label, place);
}

/** `from shop-2 (other checkout)`, `from docs`; undefined where it is of no workspace. */
export function whoseText({ workspace, intruder }: AllocationView): string | undefined {
  if (intruder?.workspace === undefined) {
    return undefined;
  }
  const place = nameBeside(intruder.workspace, workspace);
  return isOtherCheckout(intruder) ? t('from {0} (other checkout)', place) : t('from {0}', place);
}

/** The last folder; with the one above where both would be called the same. */
function nameBeside(workspace: string, own: string): string {
  const name = folderName(workspace);
  return name === folderName(own) ? join(basename(dirname(workspace)), name) : name;
}

/** What a row says after the state: whose the listener is, how it does, what it runs. */
function observedParts(view: AllocationView): string[] {
  const whose = whoseText(view);
  const isStranger = view.state === 'conflict' && whose === undefined;
  const who = isStranger ? processText(view.process) : commandText(view.process);
  const health = view.health?.ok === false ? healthText(view) : undefined;
  return [whose, health, who].filter((part) => part !== undefined);
}

/** The same without what runs there when all is well. */
export function troubleParts(view: AllocationView): string[] {
  return isWell(view) ? [] : observedParts(view);
}

/** Nobody else has the port, and its server does not fail the check of its plan. */
function isWell({ state, health }: Observation): boolean {
  return state !== 'conflict' && health?.ok !== false;
}

/** `listening`, `node server.js`: the state with what was seen. */
export function stateParts(view: AllocationView): string[] {
  return [stateText(view.state), ...observedParts(view)];
}

/**
 * The second column of a row: `3000 · listening · node server.js · shared by 3 · 5 min`,
 * `3000 · conflict · from shop-2 (other checkout) · node server.js · 5 min`.
 */
export function rowText(view: AllocationView, now: number): string {
  return [String(view.port), ...rowParts(view, now)].join(' · ');
}

/** The row in words, for those who hear it. */
export function rowLabel(view: AllocationView, now: number): string {
  const [state = '', ...rest] = rowParts(view, now);
  return [t('{0}, port {1}, {2}', view.service, view.port, state), ...rest].join(', ');
}

/** A listening server's age is its process's; every other one's is the allocation's. */
function rowParts(view: AllocationView, now: number): string[] {
  const started = view.state === 'listening' ? view.process?.startedAt : undefined;
  const age = ageText(started ?? view.allocatedAt, now);
  return [...stateParts(view), ...sharedText(view), age];
}

/** The conflict in one sentence. */
export function conflictSentence(view: AllocationView): string {
  const whose = intruderText(view, (workspace) => workspace);
  const who = [processText(view.process), ...(whose === undefined ? [] : [whose])].join(', ');
  return t('Port {0} of {1} is in use by {2}.', view.port, pairText(view), who);
}

/** What is to be known beyond the state, in full sentences, with what to do. */
export function observedSentences(view: AllocationView): string[] {
  if (view.state === 'conflict') {
    const todo = t('Move it to a free port, or stop the other server and start its own.');
    return [conflictSentence(view), todo];
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
