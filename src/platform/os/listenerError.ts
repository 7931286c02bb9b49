import { StyxyError } from '../../core/domain/errors';

/**
 * Code `internal`, retryable: without the table, a port that it does not show would be taken for
 * one that nobody listens on. `source` is the file or program that should have told.
 */
export function unreadableTable(source: string, errno?: string): StyxyError {
  const why = errno === undefined ? '' : ` (${errno})`;
  return new StyxyError(
    'internal',
    `Who listens on which port cannot be told: ${source} gives no answer${why}. ` +
      'Nothing is concluded from that; Styxy asks again by itself. ' +
      `If it stays, see whether ${source} works for this user.`,
    { details: { source, ...(errno === undefined ? {} : { errno }) }, retryable: true },
  );
}
