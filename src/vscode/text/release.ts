import { t } from '@vscode/l10n';
import { type AllocationView, isHeldIn, type Pair } from '../../core/domain/model';
import type { AllocationRef, ReleaseAnswer } from '../../core/messages/requests';
import { folderName } from './allocation';
import { heldBy, placesText } from './sharing';
import { processText } from '../../core/domain/text';

/** What a release will do to an allocation, which is named as its pair sees it. */
export type Releasing =
  /** It ends, for the only ones who have it. */
  | { readonly kind: 'ends' }
  /** It stays for these workspaces. */
  | { readonly kind: 'leaves'; readonly kept: readonly string[] }
  /** It is shared, not held by this window, and ends for all of them. */
  | { readonly kind: 'everyone'; readonly workspaces: readonly string[] };

/** Of one row: what this window does not hold can only end for all. */
export function releasingOf(view: AllocationView, own: readonly string[]): Releasing {
  if (view.group !== undefined && !own.some((workspace) => isHeldIn(view, workspace))) {
    return { kind: 'everyone', workspaces: [...new Set([view.workspace, ...heldBy(view, view)])] };
  }
  return leavingOf(view);
}

/** For the pair alone, whoever asks. */
export function leavingOf(view: AllocationView): Releasing {
  const kept = heldBy(view, view);
  return kept.length === 0 ? { kind: 'ends' } : { kind: 'leaves', kept };
}

export interface ReleaseFields {
  readonly target: AllocationRef;
  readonly workspaces: readonly string[];
  readonly confirmed: true;
  readonly everyone?: true;
}

/** The request that does it: a shared allocation is given up by its pair alone. */
export function releaseFields(
  { id, group, service, workspace }: AllocationView,
  { kind }: Releasing,
  own: readonly string[],
): ReleaseFields {
  if (group === undefined) {
    return { target: { id }, workspaces: own, confirmed: true };
  }
  return kind === 'everyone'
    ? { target: { id }, workspaces: own, confirmed: true, everyone: true }
    : { target: { service, workspace }, workspaces: [workspace], confirmed: true };
}

/** What has to be confirmed before; undefined if the release surprises nobody. */
export function releaseWarning(
  view: AllocationView,
  releasing: Releasing,
  own: readonly string[],
): { readonly question: string; readonly detail: string } | undefined {
  const { port, service, workspace } = view;
  const isForeign = !own.includes(workspace);
  const warnings = [
    ...(isForeign && releasing.kind !== 'everyone'
      ? [t('It belongs to the workspace {0}.', workspace)]
      : []),
    ...(releasing.kind === 'everyone' ? [everyoneText(view, releasing.workspaces)] : []),
    ...(releasing.kind === 'leaves' ? listeningOn(view) : listeningWarnings([view])),
  ];
  if (warnings.length === 0) {
    return undefined;
  }
  const stays = releasing.kind === 'leaves' ? [staysText(view, releasing.kept)] : [];
  const question =
    releasing.kind === 'everyone'
      ? t('Release port {0} of {1} for everyone?', port, service)
      : t('Release port {0} of {1} in {2}?', port, service, folderName(workspace));
  return { question, detail: [...stays, ...warnings].join('\n') };
}

/** `rag stays on 11430 for shop and docs.` */
export function staysText({ service, port }: AllocationView, kept: readonly string[]): string {
  return t('{0} stays on {1} for {2}.', service, port, placesText(kept));
}

function listeningOn({ state, port, process }: AllocationView): string[] {
  return state === 'listening'
    ? [t('{0} listens on {1}, and goes on.', processText(process), port)]
    : [];
}

function everyoneText({ holders }: AllocationView, workspaces: readonly string[]): string {
  return holders.length === 0
    ? t('It is shared, and nobody holds it now.')
    : t('This window does not hold it. It ends for {0}.', placesText(workspaces));
}

/** What a release does not do: stop what listens. */
export function listeningWarnings(views: readonly AllocationView[]): string[] {
  return views
    .filter(({ state }) => state === 'listening')
    .map(({ port, process }) =>
      t(
        '{0} listens on {1}. Releasing stops no process: end it yourself, or it may stand in the way of whoever gets the port next.',
        processText(process),
        port,
      ),
    );
}

/** What came of it, for the pair that gave it up. */
export function releasedText(
  { released, remainingHolders }: ReleaseAnswer,
  { service, workspace }: Pair,
): string {
  const { port } = released;
  const place = folderName(workspace);
  if (remainingHolders === 0) {
    return t('Port {0} of {1} in {2} is free.', port, service, place);
  }
  const kept = heldBy(released, { service, workspace });
  return t('{0} in {1} left port {2}. It stays for {3}.', service, place, port, placesText(kept));
}
