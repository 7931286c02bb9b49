import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { Client, RequestArguments } from '../../core/messages/coordinator';
import type { Methods, RequestName } from '../../core/messages/methods';
import { StyxyError } from '../../core/domain/errors';
import type { Connection } from './connection';

/** Answers come in milliseconds; only when they do not, progress is shown. */
const SHOW_AFTER_MS = 500;
/** Longer than a request's own deadline: this one also covers a coordinator that cannot start. */
const GIVE_UP_AFTER_MS = 15_000;

/**
 * Asks the coordinator, waiting while it connects: with progress that can be cancelled, and never
 * longer than a deadline. Errors: those of the request, `cancelled`, `timeout`.
 */
export async function ask<M extends RequestName>(
  connection: Connection,
  title: string,
  method: M,
  ...request: RequestArguments<M>
): Promise<Methods[M]['result']> {
  const abort = new AbortController();
  const { signal } = abort;
  const work = connection.ready().then((client: Client) => {
    if (signal.aborted) {
      throw cancelled();
    }
    return client[method](...request, { signal });
  });
  const limited = withLimits(work, abort);
  const shown = await Promise.race([limited.then(() => 'answered', ignore), after(SHOW_AFTER_MS)]);
  if (shown === 'late') {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_progress, token) => {
        const subscription = token.onCancellationRequested(() => abort.abort());
        return limited.then(ignore, ignore).finally(() => subscription.dispose());
      },
    );
  }
  return limited;
}

function withLimits<Answer>(work: Promise<Answer>, abort: AbortController): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => {
      reject(
        new StyxyError(
          'timeout',
          t('Styxy did not answer in time: the log says why. Run the command again.'),
        ),
      );
      abort.abort();
    }, GIVE_UP_AFTER_MS);
    abort.signal.addEventListener('abort', () => reject(cancelled()));
    work.then(resolve, reject).finally(() => clearTimeout(giveUp));
  });
}

function cancelled(): StyxyError {
  return new StyxyError('cancelled', t('Cancelled. Nothing is waited for any more.'));
}

function after(ms: number): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), ms));
}

function ignore(): void {
  // The caller gets it through the promise that is returned.
}
