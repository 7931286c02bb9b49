import { basename } from 'node:path';
import type { AllocationState, AllocationView, Conflict, ListeningProcess } from '../core/model';
import type { AllocateAnswer } from '../core/requests';
import type { Translate } from './translate';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `now`, `5 min`, `3 h`, `2 d`: short enough for a row of the tree. */
export function ageText(since: number, now: number, t: Translate): string {
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
export function stateText(state: AllocationState, t: Translate): string {
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
export function stateSentence(state: AllocationState, t: Translate): string {
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
  const command = process?.command?.trim();
  if (command === undefined || command === '') {
    return undefined;
  }
  const [program = '', ...rest] = command.split(' ');
  const short = [basename(program), ...rest].join(' ');
  return short.length > MAX_COMMAND ? `${short.slice(0, MAX_COMMAND - 1)}…` : short;
}

/** `node server.js (pid 42)`, or as much of it as the OS tells. */
export function processText(process: ListeningProcess | undefined, t: Translate): string {
  const command = commandText(process);
  const pid = process?.pid;
  if (command !== undefined) {
    return pid === undefined ? command : t('{0} (pid {1})', command, pid);
  }
  return pid === undefined ? t('an unknown process') : t('pid {0}', pid);
}

/** The second column of a row: `3000 · listening · node server.js · 5 min`. */
export function rowText(view: AllocationView, now: number, t: Translate): string {
  const command = commandText(view.process);
  return [
    String(view.port),
    stateText(view.state, t),
    ...(command === undefined ? [] : [command]),
    ageText(sinceOf(view), now, t),
  ].join(' · ');
}

/** The row in words, for those who hear it. */
export function rowLabel(view: AllocationView, now: number, t: Translate): string {
  const spoken = t('{0}, port {1}, {2}', view.service, view.port, stateText(view.state, t));
  const command = commandText(view.process);
  const age = ageText(sinceOf(view), now, t);
  return command === undefined ? `${spoken}, ${age}` : `${spoken}, ${command}, ${age}`;
}

/** A listening server's age is its process's; every other one's is the allocation's. */
export function sinceOf(view: AllocationView): number {
  const started = view.state === 'listening' ? view.process?.startedAt : undefined;
  return started ?? view.allocatedAt;
}

/** The last folder of a path, or the path where it has none. */
export function folderName(workspace: string): string {
  return basename(workspace) || workspace;
}

/** What to say of a grant: never a silent shift, and who had the ports that were passed over. */
export function grantSentence(answer: AllocateAnswer, t: Translate): string {
  const { allocation, conflicts } = answer;
  const { service, port } = allocation;
  const place = folderName(allocation.workspace);
  const main =
    answer.movedFrom !== undefined
      ? t('{0} in {1} moved from port {2} to {3}.', service, place, answer.movedFrom, port)
      : answer.existing
        ? t('{0} in {1} already has port {2}.', service, place, port)
        : answer.adopted === true
          ? t('{0} in {1} keeps port {2}, where its server already listens.', service, place, port)
          : t('{0} in {1} has port {2}.', service, place, port);
  const first = conflicts[0];
  if (first === undefined) {
    return main;
  }
  const who = conflictSentence(first, t);
  const more = conflicts.length - 1;
  if (more === 0) {
    return `${main} ${who}`;
  }
  const rest = more === 1 ? t('One more was passed over.') : t('{0} more were passed over.', more);
  return `${main} ${who} ${rest}`;
}

/** Why a port could not be given. */
function conflictSentence({ port, process, reason, pair }: Conflict, t: Translate): string {
  const other = pair === undefined ? t('another service') : pairText(pair, t);
  if (reason === undefined) {
    return t('Port {0} is taken by {1}.', port, processText(process, t));
  }
  switch (reason) {
    case 'allocated':
      return t('Port {0} belongs to {1}.', port, other);
    case 'released':
      return t('Port {0} was given up by {1} a moment ago.', port, other);
    case 'reserved':
      return t('Port {0} is given to nobody.', port);
    case 'forbidden':
      return t('The system lets nobody listen on port {0}.', port);
  }
}

/** `web in shop`. */
export function pairText(
  pair: { readonly service: string; readonly workspace: string },
  t: Translate,
): string {
  return t('{0} in {1}', pair.service, folderName(pair.workspace));
}
