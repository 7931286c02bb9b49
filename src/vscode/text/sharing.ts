import { t } from '@vscode/l10n';
import { type Allocation, type Pair, pairHeld, pairsOf } from '../../core/domain/model';
import { folderName } from './allocation';

/** Names of more workspaces than these are counted. */
const MAX_NAMED = 3;

/** An allocation as one of its pairs sees it: under the pair's own service and workspace. */
export function seenFrom<Seen extends Allocation>(allocation: Seen, pair: Pair): Seen {
  const { service, workspace } = pair;
  return { ...allocation, service, workspace };
}

/** Once for each pair that has it: a shared allocation shows in each holder's workspace. */
export function seenFromAll<Seen extends Allocation>(allocation: Seen): readonly Seen[] {
  return pairsOf(allocation).map((pair) => seenFrom(allocation, pair));
}

/** As somebody with these workspaces sees it: under a pair of theirs, if they have one. */
export function seenFromHere<Seen extends Allocation>(
  allocation: Seen,
  isOwn: (workspace: string) => boolean,
): Seen {
  const own = pairsOf(allocation).find(({ workspace }) => isOwn(workspace));
  return own === undefined ? allocation : seenFrom(allocation, own);
}

/** The folders whose holders keep a shared allocation when this pair leaves it. */
export function heldBy(allocation: Allocation, pair: Pair): readonly string[] {
  if (allocation.group === undefined) {
    return [];
  }
  const kept = allocation.holders
    .map((holder) => pairHeld(allocation, holder))
    .filter(({ workspace, service }) => workspace !== pair.workspace || service !== pair.service)
    .map(({ workspace }) => workspace);
  return [...new Set(kept)];
}

/** `shop`, `shop and docs`, `shop, docs, api and 2 more`. */
export function placesText(workspaces: readonly string[]): string {
  const names = workspaces.map(folderName);
  const last = names.at(-1) ?? '';
  const before = names.slice(0, -1).join(', ');
  return names.length > MAX_NAMED
    ? someText(names, MAX_NAMED)
    : before === ''
      ? last
      : t('{0} and {1}', before, last);
}

/** More changes of ports than these are counted. */
const MAX_LISTED = 4;

/** `a, b`, or `a, b and 2 more` of more than `most`. */
export function someText(items: readonly string[], most = MAX_LISTED): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? t('{0} and {1} more', shown, items.length - most) : shown;
}
