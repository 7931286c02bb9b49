import { t } from '@vscode/l10n';
import type { AllocationView, ListeningProcess } from '../../core/domain/model';
import { isSameProcess } from '../../core/health/ownership';
import { conflictSentence, pairText } from './allocation';
import { seenFromHere, someText } from './sharing';
import { processText } from '../../core/domain/text';

/** Who has a port, as it was reported. */
interface Reported {
  /** `Allocation.id`. */
  readonly id: string;
  readonly process: ListeningProcess | undefined;
}

/** The conflicts that this window reported, and the processes that it must not report again. */
export class ReportedConflicts {
  private reported: readonly Reported[] = [];
  private kept: readonly ListeningProcess[] = [];

  /**
   * The conflicts that were not reported yet, under the names that they have here: each process is
   * reported once for each allocation, and one that was kept never again.
   */
  news(
    allocations: readonly AllocationView[],
    isOwn: (workspace: string) => boolean,
  ): readonly AllocationView[] {
    return allocations
      .filter(({ state }) => state === 'conflict')
      .map((view) => seenFromHere(view, isOwn))
      .filter(({ workspace }) => isOwn(workspace))
      .filter((view) => !this.isReported(view) && !this.isKept(view.process));
  }

  report(conflicts: readonly AllocationView[]): void {
    this.reported = [...this.reported, ...conflicts.map(({ id, process }) => ({ id, process }))];
  }

  /** The user lets this process keep its port. A process that cannot be identified is not kept. */
  keep(process: ListeningProcess | undefined): void {
    if (process?.pid !== undefined) {
      this.kept = [...this.kept, process];
    }
  }

  private isReported({ id, process }: AllocationView): boolean {
    return this.reported.some((it) => it.id === id && isSameProcess(it.process, process));
  }

  private isKept(process: ListeningProcess | undefined): boolean {
    return this.kept.some((kept) => isSameProcess(kept, process));
  }
}

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
  return t('{0} ports are in use by others: {1}.', all.length, someText(all));
}
