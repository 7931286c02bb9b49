/**
 * What both faces show of a port, in the reader's language, so that editor and command line use the
 * same words. `t` needs no editor: where no bundle was loaded, as in the command line, it answers
 * English. What the leader puts into answers, logs and files is made in describe.ts instead and
 * stays English: the leader does not know who will read it.
 */
import { t } from '@vscode/l10n';
import { plain } from './describe';
import type { Intruder, ListeningProcess, Observation } from './model';

/** `2026-01-31 14:05:09`, in the reader's time zone. `at` is in milliseconds since the epoch. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** How long ago, in the largest unit that fits. Both times are in milliseconds. */
export function ageOf(since: number, now: number): { count: number; unit: 's' | 'm' | 'h' | 'd' } {
  const age = Math.max(0, now - since);
  const [unit, ms] = UNITS.find(([, each]) => age >= each) ?? ['s', 1_000];
  return { count: Math.floor(age / ms), unit };
}

/** `text` in at most `width` characters, its end cut off. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** `node server.js`: the command without the folders before the program's name. */
export function commandText(process: ListeningProcess | undefined, width = 40): string | undefined {
  const command = process?.command?.trim().replace(/\s+/g, ' ') ?? '';
  return command === '' ? undefined : shorten(plain(command.replace(/^\S*[\\/]/, '')), width);
}

/** `node server.js (pid 42)`, or as much of it as the system tells. */
export function processText(process: ListeningProcess | undefined, width?: number): string {
  const command = commandText(process, width);
  const pid = process?.pid;
  if (command !== undefined) {
    return pid === undefined ? command : t('{0} (pid {1})', command, pid);
  }
  if (pid !== undefined) {
    return t('pid {0}', pid);
  }
  return process === undefined ? t('an unknown process') : t("another user's process");
}

/** Whose the listener of a conflict is. `place` is the intruder's workspace as the face writes it. */
export function intruderText(
  { intruder }: Observation,
  place: (workspace: string) => string,
): string | undefined {
  if (intruder?.workspace === undefined) {
    return intruder && t('there before the allocation');
  }
  return isOtherCheckout(intruder)
    ? t('from another checkout, {0}', place(intruder.workspace))
    : t('from another workspace, {0}', place(intruder.workspace));
}

export function isOtherCheckout(intruder: Intruder): boolean {
  return intruder.kind === 'sibling' && intruder.sameRepository;
}

/** `unhealthy: it answered 500 (3 times)`, or `healthy`; undefined for what was not asked. */
export function healthText({ health }: Observation): string | undefined {
  if (health === undefined || health.ok) {
    return health && t('healthy');
  }
  const reason = plain(health.reason);
  return health.failures > 1
    ? t('unhealthy: {0} ({1} times)', reason, health.failures)
    : t('unhealthy: {0}', reason);
}
