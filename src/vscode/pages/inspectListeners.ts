/** Who listens on the port of the page, and where that was looked. */
import { t } from '@vscode/l10n';
import type { ListeningProcess } from '../../core/domain/model';
import type { AddressFinding } from '../../core/host/interfaces';
import type { InspectAnswer } from '../../core/messages/requests';
import type { PageContext } from './inspectContext';
import { code, html, row, type Html } from './inspectHtml';

export function listenersSection(
  { listeners, allocation }: InspectAnswer,
  context: PageContext,
): Html {
  const processes = listeners.map(({ process }) => process);
  const seen =
    processes.length > 0 ? processes : (allocation?.process && [allocation.process]) || [];
  const tables = seen.map((process) => processTable(process, context));
  const none = html`<p class="quiet">${t('Nobody listens on this port.')}</p>`;
  return html`<section>
    <h2>${t('Process')}</h2>
    ${tables.length > 0 ? tables : none}
  </section>`;
}

function processTable(process: ListeningProcess | undefined, { time }: PageContext): Html {
  if (process === undefined) {
    return unknownProcess();
  }
  const rows = [
    ...(process.command === undefined ? [] : [row(t('Command'), code(process.command))]),
    ...(process.pid === undefined ? [] : [row(t('Pid'), String(process.pid))]),
    ...(process.cwd === undefined ? [] : [row(t('Folder'), process.cwd)]),
    ...(process.startedAt === undefined ? [] : [row(t('Started'), time(process.startedAt))]),
    ...(process.workspace === undefined || process.workspace === process.cwd
      ? []
      : [row(t('Workspace'), process.workspace)]),
  ];
  if (rows.length === 0) {
    return unknownProcess();
  }
  return html`<table>
    ${rows}
  </table>`;
}

function unknownProcess(): Html {
  return html`<p>${t('Someone listens; the system does not tell who.')}</p>`;
}

export function addressesSection(addresses: readonly AddressFinding[]): Html {
  const rows = addresses.map(({ address, result }) =>
    row(code(address), html`<span class="finding ${result}">${findingText(result)}</span>`),
  );
  return html`<section>
    <h2>${t('Addresses checked')}</h2>
    <table>
      ${rows}
    </table>
  </section>`;
}

function findingText(result: AddressFinding['result']): string {
  switch (result) {
    case 'free':
      return t('free');
    case 'busy':
      return t('busy: someone listens');
    case 'forbidden':
      return t('forbidden by the system');
    case 'absent':
      return t('not on this machine');
    case 'unknown':
      return t('could not be checked');
  }
}
