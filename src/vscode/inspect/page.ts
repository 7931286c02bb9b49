import type { ServiceType } from '../../core/catalogue';
import type { AllocationView, HistoryEntry, Holder, ListeningProcess } from '../../core/model';
import { pairHeld } from '../../core/model';
import type { AddressFinding, InspectAnswer } from '../../core/requests';
import { ageText, pairText, stateSentence, stateText } from '../presentation';
import { urlOf } from '../serviceTypes';
import type { Translate } from '../translate';

export interface PageContext {
  /** Those in force: they say what a browser opens. */
  readonly types: readonly ServiceType[];
  readonly t: Translate;
  readonly now: number;
  /** A moment as this user reads it. */
  readonly time: (at: number) => string;
}

/** A text that has been made safe for HTML. */
class Html {
  constructor(readonly text: string) {}
}

/** The body of the page of one port. Everything that comes from outside is escaped. */
export function inspectPage(answer: InspectAnswer, context: PageContext): string {
  const { allocation } = answer;
  const sections = [
    allocation === undefined ? unallocated(answer, context) : allocated(allocation, context),
    listenersSection(answer, context),
    addressesSection(answer.addresses, context),
    historySection(answer.history, context),
    footer(answer, context),
  ];
  return html`<main>${header(answer, context)}${sections}</main>`.text;
}

function header({ port, allocation, listeners }: InspectAnswer, { t }: PageContext): Html {
  const state = allocation?.state ?? (listeners.length > 0 ? 'listening' : 'free');
  const word = state === 'free' ? t('free') : stateText(state, t);
  const heading = allocation === undefined ? t('Not allocated') : pairText(allocation, t);
  const sentence =
    allocation === undefined
      ? listeners.length > 0
        ? t('Styxy gave this port to nobody, and someone listens.')
        : t('Styxy gave this port to nobody.')
      : stateSentence(allocation.state, t);
  return html`<header>
    <p class="port">${String(port)}</p>
    <div>
      <h1>${heading}</h1>
      <p><span class="state ${state}">${word}</span> ${sentence}</p>
    </div>
  </header>`;
}

function allocated(view: AllocationView, context: PageContext): Html {
  const { t, time, now } = context;
  const holders = view.holders.map((holder) => html`<li>${heldText(view, holder, context)}</li>`);
  const since = `${time(view.allocatedAt)} (${ageText(view.allocatedAt, now, t)})`;
  const nobody = html`<li class="quiet">${t('nobody now; the port is kept')}</li>`;
  return html`${actions(view, context)}
    <section>
      <h2>${t('Allocation')}</h2>
      <table>
        ${row(t('Service'), view.service)} ${row(t('Type'), view.serviceType)}
        ${row(t('Workspace'), view.workspace)} ${row(t('Since'), since)} ${movedRow(view, t)}
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

function heldText(view: AllocationView, holder: Holder, { t, time }: PageContext): string {
  const { label, kind, pid, since } = holder;
  return view.group === undefined
    ? t('{0} ({1}, pid {2}) since {3}', label, kind, pid, time(since))
    : t(
        '{0} ({1}, pid {2}) for {3} since {4}',
        label,
        kind,
        pid,
        pairText(pairHeld(view, holder), t),
        time(since),
      );
}

function movedRow({ movedFrom, movedBecause }: AllocationView, t: Translate): Html | [] {
  if (movedFrom === undefined) {
    return [];
  }
  const why = movedBecause === undefined ? '' : `: ${movedBecause}`;
  return row(t('Moved from'), `${movedFrom}${why}`);
}

function actions(view: AllocationView, { t, types }: PageContext): Html {
  const openable = urlOf(view, types) !== undefined;
  const links = [
    ...(openable ? [link('styxy.openInBrowser', view.id, t('Open in Browser'), 'first')] : []),
    link('styxy.copyPort', view.id, t('Copy Port')),
    ...(openable ? [link('styxy.copyUrl', view.id, t('Copy URL'))] : []),
    link('styxy.movePort', view.id, t('Move...')),
    link('styxy.releasePort', view.id, t('Release')),
  ];
  return html`<nav>${links}</nav>`;
}

function unallocated({ reserved, serviceTypes }: InspectAnswer, { t }: PageContext): Html {
  const types = serviceTypes.length > 0 ? serviceTypes.join(', ') : t('none');
  return html`<section>
    <h2>${t('Who may have it')}</h2>
    <table>
      ${row(t('In the range of'), types)}
      ${reserved === undefined ? [] : row(t('Given to nobody'), reserved)}
    </table>
  </section>`;
}

function listenersSection({ listeners, allocation }: InspectAnswer, context: PageContext): Html {
  const { t } = context;
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

function processTable(process: ListeningProcess | undefined, { t, time }: PageContext): Html {
  if (process === undefined) {
    return unknownProcess(t);
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
    return unknownProcess(t);
  }
  return html`<table>
    ${rows}
  </table>`;
}

function unknownProcess(t: Translate): Html {
  return html`<p>${t('Someone listens; the system does not tell who.')}</p>`;
}

function addressesSection(addresses: readonly AddressFinding[], { t }: PageContext): Html {
  const rows = addresses.map(({ address, result }) =>
    row(code(address), html`<span class="finding ${result}">${findingText(result, t)}</span>`),
  );
  return html`<section>
    <h2>${t('Addresses checked')}</h2>
    <table>
      ${rows}
    </table>
  </section>`;
}

function findingText(result: AddressFinding['result'], t: Translate): string {
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

function historySection(history: readonly HistoryEntry[], context: PageContext): Html {
  const { t, time } = context;
  const rows = [...history]
    .sort((a, b) => b.at - a.at)
    .map(({ at, kind, service, workspace, by, note }) => {
      const what = `${eventText(kind, t)}: ${pairText({ service, workspace }, t)}`;
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

function eventText(kind: HistoryEntry['kind'], t: Translate): string {
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

function footer({ port, checkedAt }: InspectAnswer, { t, time }: PageContext): Html {
  const again = `command:styxy.inspectPort?${encodeURIComponent(JSON.stringify([{ port }]))}`;
  return html`<footer>
    ${t('Checked {0}.', time(checkedAt))} <a href="${again}">${t('Check Again')}</a>
  </footer>`;
}

function row(name: string | Html, value: string | Html): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`;
}

function code(text: string): Html {
  return html`<code>${text}</code>`;
}

function link(command: string, id: string, title: string, kind = ''): Html {
  const target = `command:${command}?${encodeURIComponent(JSON.stringify([{ id }]))}`;
  return html`<a class="${kind}" href="${target}">${title}</a>`;
}

type Part = string | Html | readonly Html[];

function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(
    strings.reduce((text, string, at) => text + render(parts[at - 1] ?? '') + string),
  );
}

function render(part: Part): string {
  if (typeof part === 'string') {
    return escapeHtml(part);
  }
  return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
