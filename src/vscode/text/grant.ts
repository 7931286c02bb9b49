import { t } from '@vscode/l10n';
import type { Conflict, Pair } from '../../core/domain/model';
import type { AllocateAnswer } from '../../core/messages/requests';
import { folderName, pairText } from './allocation';
import { processText } from '../../core/domain/text';

/**
 * What to say of a grant: never a silent shift, whose a shared port is, what range was found, and
 * who had the ports that were passed over. `asked` is who asked, if it may share another's.
 */
export function grantSentence(answer: AllocateAnswer, asked: Pair = answer.allocation): string {
  return [
    mainSentence(answer, asked),
    ...sharingSentence(answer, asked),
    ...rangeSentence(answer),
    ...wishSentence(answer),
    ...conflictSentences(answer.conflicts),
  ].join(' ');
}

function mainSentence(answer: AllocateAnswer, asked: Pair): string {
  const { port } = answer.allocation;
  const { service } = asked;
  const place = folderName(asked.workspace);
  if (answer.movedFrom !== undefined) {
    return t('{0} in {1} moved from port {2} to {3}.', service, place, answer.movedFrom, port);
  }
  if (isOthers(answer, asked)) {
    return t('{0} in {1} shares port {2}.', service, place, port);
  }
  if (answer.existing) {
    return t('{0} in {1} already has port {2}.', service, place, port);
  }
  return answer.adopted === true
    ? t('{0} in {1} keeps port {2}, where its server already listens.', service, place, port)
    : t('{0} in {1} has port {2}.', service, place, port);
}

function isOthers({ shared }: AllocateAnswer, { service, workspace }: Pair): boolean {
  return shared !== undefined && (shared.service !== service || shared.workspace !== workspace);
}

function sharingSentence(answer: AllocateAnswer, asked: Pair): string[] {
  const { shared } = answer;
  if (shared === undefined) {
    return [];
  }
  if (!isOthers(answer, asked)) {
    return [t('Other workspaces that ask for it share this port.')];
  }
  const { holder } = shared;
  const owner = pairText(shared);
  return [
    holder === undefined
      ? t('It is that of {0}.', owner)
      : t('It is that of {0}, held by {1} (pid {2}).', owner, holder.label, holder.pid),
  ];
}

function rangeSentence({ autoAllocated }: AllocateAnswer): string[] {
  if (autoAllocated === undefined) {
    return [];
  }
  const { serviceType, range } = autoAllocated;
  return [t('The new type "{0}" has the range {1}-{2}.', serviceType, range.first, range.last)];
}

function wishSentence({ wish }: AllocateAnswer): string[] {
  return wish === undefined ? [] : [t('Its plan names port {0}, which was not to be had.', wish)];
}

function conflictSentences(conflicts: readonly Conflict[]): string[] {
  const [first, ...others] = conflicts;
  if (first === undefined) {
    return [];
  }
  const more = others.length;
  const rest = more === 1 ? t('One more was passed over.') : t('{0} more were passed over.', more);
  return [conflictSentence(first), ...(more === 0 ? [] : [rest])];
}

/** Why a port could not be given. */
function conflictSentence({ port, process, reason, pair }: Conflict): string {
  const other = pair === undefined ? t('another service') : pairText(pair);
  const texts: Readonly<Record<NonNullable<typeof reason>, string>> = {
    allocated: t('Port {0} belongs to {1}.', port, other),
    released: t('Port {0} was given up by {1} a moment ago.', port, other),
    reserved: t('Port {0} is given to nobody.', port),
    forbidden: t('The system lets nobody listen on port {0}.', port),
  };
  return reason === undefined
    ? t('Port {0} is taken by {1}.', port, processText(process))
    : texts[reason];
}
