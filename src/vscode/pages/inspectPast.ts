/** What was, on the page of a port: what was seen of it lately, and who had it. */
import { t } from '@vscode/l10n';
import type { HealthSample, HistoryEntry } from '../../core/domain/model';
import { pairText, stateText } from '../text/states';
import type { PageContext } from './inspectContext';
import { html, type Html } from './inspectHtml';

/** The last observations, newest first; nothing if there are none. */
export function latelySection(samples: readonly HealthSample[], context: PageContext): Html[] {
  const { time } = context;
  const rows = [...samples].reverse().map(
    ({ at, state, reason = '' }) =>
      html`<tr>
        <td>${time(at)}</td>
        <td>${stateText(state)}</td>
        <td>${reason}</td>
      </tr>`,
  );
  if (rows.length === 0) {
    return [];
  }
  return [
    html`<section>
      <h2>${t('Lately')}</h2>
      <table class="history lately">
        ${rows}
      </table>
    </section>`,
  ];
}

/** Who had the port. */
export function historySection(history: readonly HistoryEntry[], context: PageContext): Html {
  const { time } = context;
  const rows = [...history]
    .sort((a, b) => b.at - a.at)
    .map(({ at, kind, service, workspace, by, note }) => {
      const what = `${eventText(kind)}: ${pairText({ service, workspace })}`;
      return html`<tr>
        <td>${time(at)}</td>
        <td>${note === undefined ? what : `${what} (${note})`}</td>
        <td class="quiet">${t('by {0}', by)}</td>
      </tr>`;
    });
  const none = html`<p class="quiet">${t('Nothing is known of its past.')}</p>`;
  return html`<section>
    <h2>${t('History')}</h2>
    ${
      rows.length > 0
        ? html`<table class="history">
            ${rows}
          </table>`
        : none
    }
  </section>`;
}

function eventText(kind: HistoryEntry['kind']): string {
  switch (kind) {
    case 'granted':
      return t('allocated');
    case 'joined':
      return t('joined');
    case 'left':
      return t('left');
    case 'released':
      return t('released');
    case 'moved-from':
      return t('moved away');
    case 'moved-to':
      return t('moved here');
  }
}
