import { t } from '@vscode/l10n';
import type { AllocationView, ListeningProcess } from '../../core/domain/model';
import { isSameProcess } from '../../core/health/sameProcess';
import { conflictSentence, pairText } from './allocation';
import { seenFromHere, someText } from './sharing';
import { processText } from '../../core/domain/text';

/** Who has a port, as it was told. */
interface Told {
  /** `Allocation.id`. */
  readonly id: string;
  readonly process: ListeningProcess | undefined;
}

/** What this window told of conflicts, and whose it is not to tell of again. */
export class ToldConflicts {
  private told: readonly Told[] = [];
  private kept: readonly ListeningProcess[] = [];

  /**
   * The conflicts that these workspaces were not told of, under the names that they have here:
   * each process is told of once for each allocation, and one that was kept never again.
   */
  news(
    allocations: readonly AllocationView[],
    isOwn: (workspace: string) => boolean,
  ): readonly AllocationView[] {
    return allocations
      .filter(({ state }) => state === 'conflict')
      .map((view) => seenFromHere(view, isOwn))
      .filter(({ workspace }) => isOwn(workspace))
      .filter((view) => !this.isTold(view) && !this.isKept(view.process));
  }

  tell(conflicts: readonly AllocationView[]): void {
    this.told = [...this.told, ...conflicts.map(({ id, process }) => ({ id, process }))];
  }

  /** The user lets this process have what it has. One that nobody can tell from others is not kept. */
  keep(process: ListeningProcess | undefined): void {
    if (process?.pid !== undefined) {
      this.kept = [...this.kept, process];
    }
  }

  private isTold({ id, process }: AllocationView): boolean {
    return this.told.some((told) => told.id === id && isSameProcess(told.process, process));
  }

  private isKept(process: ListeningProcess | undefined): boolean {
    return this.kept.some((kept) => isSameProcess(kept, process));
  }
}

/** More conflicts than these are counted. */
const MAX_TOLD = 4;

/** One sentence for one conflict, or one for several at once. Empty for none. */
export function conflictsText(conflicts: readonly AllocationView[]): string {
  const [only, second] = conflicts;
  if (only === undefined) {
    return '';
  }
  if (second === undefined) {
    return conflictSentence(only);
  }
  const all = conflicts.map((view) =>
    t('{0} of {1} by {2}', view.port, pairText(view), processText(view.process)),
  );
  return t('{0} ports are in use by others: {1}.', all.length, someText(all, MAX_TOLD));
}
