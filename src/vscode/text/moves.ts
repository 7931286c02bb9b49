import { t } from '@vscode/l10n';
import type { Allocation, Pair } from '../../core/domain/model';
import { pairText } from './allocation';
import { seenFromHere, someText } from './sharing';

/** An allocation that has another port than before. */
export interface Move extends Pair {
  /** `Allocation.id`. */
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly why?: string;
}

/** What moved between two pushes of what these workspaces have. Nothing moves by coming or going. */
export function movesBetween(
  before: readonly Allocation[],
  after: readonly Allocation[],
  isOwn: (workspace: string) => boolean,
): readonly Move[] {
  const ports = new Map(before.map(({ id, port }) => [id, port]));
  return after
    .map((allocation) => seenFromHere(allocation, isOwn))
    .filter(({ workspace }) => isOwn(workspace))
    .flatMap(({ id, service, workspace, port, movedBecause: why }) => {
      const from = ports.get(id);
      return from === undefined || from === port
        ? []
        : [{ id, service, workspace, from, to: port, ...(why === undefined ? {} : { why }) }];
    });
}

/** Two moves of one allocation are one, from where it began; none if it is back there. */
export function withMoves(moves: readonly Move[], later: readonly Move[]): readonly Move[] {
  const byId = new Map(moves.map((move) => [move.id, move]));
  for (const move of later) {
    const from = byId.get(move.id)?.from ?? move.from;
    byId.set(move.id, { ...move, from });
  }
  return [...byId.values()].filter(({ from, to }) => from !== to);
}

/** One sentence for one move, or one for several at once. Empty for none. */
export function movesText(moves: readonly Move[]): string {
  const [only, second] = moves;
  if (only === undefined) {
    return '';
  }
  if (second === undefined) {
    const { from, to, why } = only;
    return why === undefined
      ? t('{0} moved from {1} to {2}.', pairText(only), from, to)
      : t('{0} moved from {1} to {2}: {3}.', pairText(only), from, to, why.replace(/\.$/, ''));
  }
  const all = moves.map((move) => t('{0} from {1} to {2}', pairText(move), move.from, move.to));
  return t('{0} ports moved: {1}.', all.length, someText(all));
}
