import { t } from '@vscode/l10n';
import type { AllocationView, Holder } from '../../core/domain/model';
import { pairHeld } from '../../core/domain/model';
import type { InspectAnswer } from '../../core/messages/requests';
import { observedSentences, unhealthyText } from '../text/observations';
import { ageText, pairText, stateSentence, stateText } from '../text/states';
import { urlOf } from '../text/serviceTypes';
import type { PageContext } from './inspectContext';
import { html, row, type Html } from './inspectHtml';
import { addressesSection, listenersSection } from './inspectListeners';
import { historySection, latelySection } from './inspectPast';

/** The body of the page of one port. Everything that comes from outside is escaped. */
export function inspectPage(answer: InspectAnswer, context: PageContext): string {
  const { allocation } = answer;
  const sections = [
    allocation === undefined ? unallocated(answer) : allocated(allocation, context),
    listenersSection(answer, context),
    addressesSection(answer.addresses),
    ...latelySection(answer.health ?? [], context),
    historySection(answer.history, context),
    footer(answer, context),
  ];
  return html`<main>${header(answer)}${sections}</main>`.text;
}

function header({ port, allocation, listeners }: InspectAnswer): Html {
  const state = allocation?.state ?? (listeners.length > 0 ? 'listening' : 'free');
  const word = state === 'free' ? t('free') : stateText(state);
  const heading = allocation === undefined ? t('Not allocated') : pairText(allocation);
  const sentence =
    allocation === undefined
      ? listeners.length > 0
        ? t('Styxy gave this port to nobody, and someone listens.')
        : t('Styxy gave this port to nobody.')
      : allocatedSentence(allocation);
  return html`<header>
    <p class="port">${String(port)}</p>
    <div>
      <h1>${heading}</h1>
      <p><span class="state ${state}">${word}</span> ${sentence}</p>
    </div>
  </header>`;
}

function allocatedSentence(view: AllocationView): string {
  const observed = observedSentences(view);
  return observed.length > 0 ? observed.join(' ') : stateSentence(view.state);
}

function allocated(view: AllocationView, context: PageContext): Html {
  const { time, now } = context;
  const holders = view.holders.map((holder) => html`<li>${heldText(view, holder, context)}</li>`);
  const since = `${time(view.allocatedAt)} (${ageText(view.allocatedAt, now)})`;
  const nobody = html`<li class="quiet">${t('nobody now; the port is kept')}</li>`;
  return html`${actions(view, context)}
    <section>
      <h2>${t('Allocation')}</h2>
      <table>
        ${row(t('Service'), view.service)} ${row(t('Type'), view.serviceType)}
        ${row(t('Workspace'), view.workspace)} ${row(t('Since'), since)} ${movedRow(view)}
        ${healthRow(view)}
        ${view.group === undefined ? [] : row(t('Shared with'), t('all workspaces that ask for it'))}
        ${row(
          t('Held by'),
          html`<ul>
            ${holders.length > 0 ? holders : nobody}
          </ul>`,
        )}
        ${row(t('Id'), html`<code>${view.id}</code>`)}
      </table>
    </section>`;
}

function heldText(view: AllocationView, holder: Holder, { time }: PageContext): string {
  const { label, kind, pid, since } = holder;
  return view.group === undefined
    ? t('{0} ({1}, pid {2}) since {3}', label, kind, pid, time(since))
    : t(
        '{0} ({1}, pid {2}) for {3} since {4}',
        label,
        kind,
        pid,
        pairText(pairHeld(view, holder)),
        time(since),
      );
}

function movedRow({ movedFrom, movedBecause }: AllocationView): Html | [] {
  if (movedFrom === undefined) {
    return [];
  }
  const why = movedBecause === undefined ? '' : `: ${movedBecause}`;
  return row(t('Moved from'), `${movedFrom}${why}`);
}

/** What the plan asks for, and what the server last answered. */
function healthRow(view: AllocationView): Html | [] {
  const check = view.planned?.health;
  if (check === undefined) {
    return [];
  }
  const answer = unhealthyText(view) ?? (view.health === undefined ? undefined : t('healthy'));
  return row(t('Health check'), answer === undefined ? check : `${check}: ${answer}`);
}

function actions(view: AllocationView, { types }: PageContext): Html {
  const openable = urlOf(view, types) !== undefined;
  const heal = link('styxy.moveToFreePort', view.id, t('Move to a Free Port'), 'first');
  const isTaken = view.state === 'conflict';
  const open = link(
    'styxy.openInBrowser',
    view.id,
    t('Open in Browser'),
    isTaken ? undefined : 'first',
  );
  const links = [
    ...(isTaken ? [heal] : []),
    ...(openable ? [open] : []),
    link('styxy.copyPort', view.id, t('Copy Port')),
    ...(openable ? [link('styxy.copyUrl', view.id, t('Copy URL'))] : []),
    link('styxy.movePort', view.id, t('Move...')),
    link('styxy.releasePort', view.id, t('Release')),
  ];
  return html`<nav>${links}</nav>`;
}

function unallocated({ reserved, serviceTypes }: InspectAnswer): Html {
  const types = serviceTypes.length > 0 ? serviceTypes.join(', ') : t('none');
  return html`<section>
    <h2>${t('Who may have it')}</h2>
    <table>
      ${row(t('In the range of'), types)}
      ${reserved === undefined ? [] : row(t('Given to nobody'), reserved)}
    </table>
  </section>`;
}

function footer({ port, checkedAt }: InspectAnswer, { time }: PageContext): Html {
  const again = `command:styxy.inspectPort?${encodeURIComponent(JSON.stringify([{ port }]))}`;
  return html`<footer>
    ${t('Checked {0}.', time(checkedAt))} <a href="${again}">${t('Check Again')}</a>
  </footer>`;
}

function link(command: string, id: string, title: string, kind = ''): Html {
  const target = `command:${command}?${encodeURIComponent(JSON.stringify([{ id }]))}`;
  return html`<a class="${kind}" href="${target}">${title}</a>`;
}
