import { basename } from 'node:path';
import { t } from '@vscode/l10n';
import type {
  Allocation,
  AllocationState,
  Holder,
  ListeningProcess,
} from '../../core/domain/model';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `now`, `5 min`, `3 h`, `2 d`: short enough for a row of the tree. */
export function ageText(since: number, now: number): string {
  const age = Math.max(0, now - since);
  if (age < MINUTE_MS) {
    return t('now');
  }
  if (age < HOUR_MS) {
    return t('{0} min', Math.floor(age / MINUTE_MS));
  }
  return age < DAY_MS
    ? t('{0} h', Math.floor(age / HOUR_MS))
    : t('{0} d', Math.floor(age / DAY_MS));
}

/** The state as product-wide words. */
export function stateText(state: AllocationState): string {
  switch (state) {
    case 'reserved':
      return t('reserved');
    case 'listening':
      return t('listening');
    case 'down':
      return t('down');
    case 'conflict':
      return t('conflict');
    case 'orphaned':
      return t('orphaned');
  }
}

/** What the state means, in one sentence. */
export function stateSentence(state: AllocationState): string {
  switch (state) {
    case 'reserved':
      return t('Nothing has listened here yet.');
    case 'listening':
      return t('A server listens here.');
    case 'down':
      return t('A server listened here and does not now.');
    case 'conflict':
      return t('The listener belongs to someone else.');
    case 'orphaned':
      return t('Nobody holds this port and nobody listens.');
  }
}

/** Longer commands are cut in the middle of a row; Inspect shows them whole. */
const MAX_COMMAND = 40;

/** `node server.js`: the command without the folders before the program's name. */
export function commandText(process: ListeningProcess | undefined): string | undefined {
  const command = process?.command?.trim().replace(/\s+/g, ' ');
  if (command === undefined || command === '') {
    return undefined;
  }
  const [program = '', ...rest] = command.split(' ');
  const short = [basename(program), ...rest].join(' ');
  return short.length > MAX_COMMAND ? `${short.slice(0, MAX_COMMAND - 1)}…` : short;
}

/** `node server.js (pid 42)`, or as much of it as the OS tells. */
export function processText(process: ListeningProcess | undefined): string {
  const command = commandText(process);
  const pid = process?.pid;
  if (command !== undefined) {
    return pid === undefined ? command : t('{0} (pid {1})', command, pid);
  }
  return pid === undefined ? t('an unknown process') : t('pid {0}', pid);
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

/** The last folder of a path, or the path where it has none. */
export function folderName(workspace: string): string {
  return basename(workspace) || workspace;
}

/** `web in shop`. */
export function pairText(pair: { readonly service: string; readonly workspace: string }): string {
  return t('{0} in {1}', pair.service, folderName(pair.workspace));
}
