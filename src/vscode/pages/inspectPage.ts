import { t } from '@vscode/l10n';
import type { ServiceType } from '../../core/domain/catalogue';
import {
  type AllocationView,
  type HealthSample,
  type HistoryEntry,
  type Holder,
  type ListeningProcess,
  pairHeld,
} from '../../core/domain/model';
import { healthText } from '../../core/domain/text';
import type { AddressFinding } from '../../core/host/interfaces';
import type { InspectAnswer } from '../../core/messages/requests';
import { ageText, observedSentences, pairText, stateSentence, stateText } from '../text/allocation';
import { urlOf } from '../text/serviceTypes';
import { html, type Html } from './html';

export interface PageContext {
  /** Those in force: they say what a browser opens. */
  readonly types: readonly ServiceType[];
  readonly now: number;
  /** A moment as this user reads it. */
  readonly time: (at: number) => string;
}

/** The body of the page of one port. Everything that comes from outside is escaped. */
export function inspectPage(answer: InspectAnswer, context: PageContext): string {
  const { allocation } = answer;
  const sections = [
    ...(allocation === undefined ? [unallocated(answer)] : allocated(allocation, context)),
    section(t('Process'), listeners(answer, context)),
    section(t('Addresses checked'), table(answer.addresses.map(addressRow))),
    ...lately(answer.health ?? [], context),
    section(t('History'), history(answer.history, context)),
    footer(answer, context),
  ];
  return html`<main>${header(answer)}${sections}</main>`.text;
}

function section(title: string, ...body: readonly Html[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${body}
  </section>`;
}

function table(rows: readonly Html[], kind = ''): Html {
  return html`<table class="${kind}">
    ${rows}
  </table>`;
}

/** A row of a table of facts; none for what is not there. */
function row(name: string | Html, value: string | Html | undefined): Html {
  return value === undefined
    ? html``
    : html`<tr>
        <th scope="row">${name}</th>
        <td>${value}</td>
      </tr>`;
}

function code(text: string): Html {
  return html`<code>${text}</code>`;
}

function header({ port, allocation, listeners }: InspectAnswer): Html {
  const state = allocation?.state ?? (listeners.length > 0 ? 'listening' : 'free');
  const word = state === 'free' ? t('free') : stateText(state);
  const heading = allocation === undefined ? t('Not allocated') : pairText(allocation);
  const sentence =
    allocation !== undefined
      ? allocatedSentence(allocation)
      : listeners.length > 0
        ? t('Styxy gave this port to nobody, and someone listens.')
        : t('Styxy gave this port to nobody.');
  return html`<header>
    <p class="port">${String(port)}</p>
    <div>
      <h1>${heading}</h1>
      <p><span class="state ${state}">${word}</span> ${sentence}</p>
    </div>
  </header>`;
}

function allocatedSentence(view: AllocationView): string {
  return observedSentences(view).join(' ') || stateSentence(view.state);
}

function allocated(view: AllocationView, context: PageContext): Html[] {
  const { time, now } = context;
  const { allocatedAt, movedFrom, movedBecause, planned } = view;
  const held = view.holders.map((holder) => html`<li>${heldText(view, holder, context)}</li>`);
  const nobody = html`<li class="quiet">${t('nobody now; the port is kept')}</li>`;
  const facts = [
    row(t('Service'), view.service),
    row(t('Type'), view.serviceType),
    row(t('Workspace'), view.workspace),
    row(t('Since'), `${time(allocatedAt)} (${ageText(allocatedAt, now)})`),
    row(
      t('Moved from'),
      movedFrom === undefined ? undefined : joined(String(movedFrom), movedBecause),
    ),
    // What the plan asks for, and what the server last answered.
    row(t('Health check'), planned?.health && joined(planned.health, healthText(view))),
    row(t('Shared with'), view.group && t('all workspaces that ask for it')),
    row(
      t('Held by'),
      html`<ul>
        ${held.length > 0 ? held : nobody}
      </ul>`,
    ),
    row(t('Id'), code(view.id)),
  ];
  return [actions(view, context), section(t('Allocation'), table(facts))];
}

/** `3000: why`. */
function joined(what: string, more: string | undefined): string {
  return more === undefined ? what : `${what}: ${more}`;
}

function heldText(view: AllocationView, holder: Holder, { time }: PageContext): string {
  const { label, kind, pid } = holder;
  const since = time(holder.since);
  const pair = pairText(pairHeld(view, holder));
  return view.group === undefined
    ? t('{0} ({1}, pid {2}) since {3}', label, kind, pid, since)
    : t('{0} ({1}, pid {2}) for {3} since {4}', label, kind, pid, pair, since);
}

function actions(view: AllocationView, { types }: PageContext): Html {
  const openable = urlOf(view, types) !== undefined;
  const isTaken = view.state === 'conflict';
  const link = (command: string, title: string, kind = ''): Html => {
    const target = `command:${command}?${encodeURIComponent(JSON.stringify([{ id: view.id }]))}`;
    return html`<a class="${kind}" href="${target}">${title}</a>`;
  };
  const links = [
    ...(isTaken ? [link('styxy.moveToFreePort', t('Move to a Free Port'), 'first')] : []),
    ...(openable
      ? [link('styxy.openInBrowser', t('Open in Browser'), isTaken ? '' : 'first')]
      : []),
    link('styxy.copyPort', t('Copy Port')),
    ...(openable ? [link('styxy.copyUrl', t('Copy URL'))] : []),
    link('styxy.movePort', t('Move...')),
    link('styxy.releasePort', t('Release')),
  ];
  return html`<nav>${links}</nav>`;
}

function unallocated({ reserved, serviceTypes }: InspectAnswer): Html {
  const types = serviceTypes.length > 0 ? serviceTypes.join(', ') : t('none');
  const facts = [row(t('In the range of'), types), row(t('Given to nobody'), reserved)];
  return section(t('Who may have it'), table(facts));
}

function footer({ port, checkedAt }: InspectAnswer, { time }: PageContext): Html {
  const again = `command:styxy.inspectPort?${encodeURIComponent(JSON.stringify([{ port }]))}`;
  return html`<footer>
    ${t('Checked {0}.', time(checkedAt))} <a href="${again}">${t('Check Again')}</a>
  </footer>`;
}

function listeners({ listeners, allocation }: InspectAnswer, { time }: PageContext): Html {
  const known = allocation?.process === undefined ? [] : [allocation.process];
  const seen = listeners.length > 0 ? listeners.map(({ process }) => process) : known;
  return seen.length === 0
    ? html`<p class="quiet">${t('Nobody listens on this port.')}</p>`
    : html`${seen.map((process) => processTable(process ?? {}, time))}`;
}

function processTable(process: ListeningProcess, time: PageContext['time']): Html {
  const { command, pid, cwd, startedAt, workspace } = process;
  if ([command, pid, cwd, startedAt, workspace].every((fact) => fact === undefined)) {
    return html`<p>${t('Someone listens; the system does not tell who.')}</p>`;
  }
  return table([
    row(t('Command'), command === undefined ? undefined : code(command)),
    row(t('Pid'), pid?.toString()),
    row(t('Folder'), cwd),
    row(t('Started'), startedAt === undefined ? undefined : time(startedAt)),
    row(t('Workspace'), workspace === cwd ? undefined : workspace),
  ]);
}

function addressRow({ address, result }: AddressFinding): Html {
  return row(code(address), html`<span class="finding ${result}">${findingText(result)}</span>`);
}

function findingText(result: AddressFinding['result']): string {
  const texts: Readonly<Record<AddressFinding['result'], string>> = {
    free: t('free'),
    busy: t('busy: someone listens'),
    forbidden: t('forbidden by the system'),
    absent: t('not on this machine'),
    unknown: t('could not be checked'),
  };
  return texts[result];
}

/** The last observations, newest first; nothing if there are none. */
function lately(samples: readonly HealthSample[], { time }: PageContext): Html[] {
  const rows = [...samples].reverse().map(
    ({ at, state, reason = '' }) =>
      html`<tr>
        <td>${time(at)}</td>
        <td>${stateText(state)}</td>
        <td>${reason}</td>
      </tr>`,
  );
  return rows.length === 0 ? [] : [section(t('Lately'), table(rows, 'history lately'))];
}

/** Who had the port. */
function history(entries: readonly HistoryEntry[], { time }: PageContext): Html {
  const rows = [...entries]
    .sort((a, b) => b.at - a.at)
    .map((entry) => {
      const what = `${eventText(entry.kind)}: ${pairText(entry)}`;
      return html`<tr>
        <td>${time(entry.at)}</td>
        <td>${entry.note === undefined ? what : `${what} (${entry.note})`}</td>
        <td class="quiet">${t('by {0}', entry.by)}</td>
      </tr>`;
    });
  return rows.length === 0
    ? html`<p class="quiet">${t('Nothing is known of its past.')}</p>`
    : table(rows, 'history');
}

function eventText(kind: HistoryEntry['kind']): string {
  const texts: Readonly<Record<HistoryEntry['kind'], string>> = {
    granted: t('allocated'),
    joined: t('joined'),
    left: t('left'),
    released: t('released'),
    'moved-from': t('moved away'),
    'moved-to': t('moved here'),
  };
  return texts[kind];
}
