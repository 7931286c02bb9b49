import type { ListeningProcess } from '../domain/model';

/**
 * Whether two observations show the same process: pid and start mark, as a pid alone may have been
 * used again. Where the OS told a mark only once, the pid has to do; two listeners of which it told
 * nothing are not told apart.
 */
export function isSameProcess(
  a: ListeningProcess | undefined,
  b: ListeningProcess | undefined,
): boolean {
  if (a?.pid !== b?.pid) {
    return false;
  }
  return a?.startMark === b?.startMark || a?.startMark === undefined || b?.startMark === undefined;
}
