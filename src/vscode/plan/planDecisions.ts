import { isRecord } from '../../core/domain/errors';

/** The part of an editor's `Memento` that is used here. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** More texts than these are not kept in one list: the oldest go. */
const MAX_KEPT = 200;

const FILES = 'plan.files';

export type FileAnswer = 'write' | 'never';

/** Allocations to keep although they left the plan; moves back that were offered. */
type KeptList = 'plan.kept' | 'plan.offered';

/** What was said, offered and answered about plans, so that it is not asked or said again. */
export class PlanDecisions {
  private readonly seen = new Set<string>();

  constructor(private readonly memory: Memory) {}

  /** Whether this is asked or said for the first time in this window. */
  isFirst(what: string): boolean {
    const before = this.seen.size;
    return this.seen.add(what).size > before;
  }

  /** Whether the list, which outlives the window, has the text. */
  has(list: KeptList, text: string): boolean {
    return this.kept(list).includes(text);
  }

  add(list: KeptList, text: string): void {
    if (!this.has(list, text)) {
      void this.memory.update(list, [...this.kept(list), text].slice(-MAX_KEPT));
    }
  }

  /** What the user answered about the files of a plan: "write" for certain paths, "never" for all. */
  answerOf(workspace: string, paths: readonly string[]): FileAnswer | undefined {
    const answer = this.files()[workspace];
    if (answer === 'never') {
      return 'never';
    }
    return Array.isArray(answer) && paths.every((it) => answer.includes(it)) ? 'write' : undefined;
  }

  async remember(workspace: string, paths: readonly string[], answer: FileAnswer): Promise<void> {
    const value = answer === 'never' ? 'never' : [...paths].sort();
    await this.memory.update(FILES, { ...this.files(), [workspace]: value });
  }

  private kept(list: KeptList): readonly string[] {
    const kept = this.memory.get(list);
    return Array.isArray(kept) ? kept.filter((it) => typeof it === 'string') : [];
  }

  private files(): Readonly<Record<string, unknown>> {
    const kept = this.memory.get(FILES);
    return isRecord(kept) ? kept : {};
  }
}
