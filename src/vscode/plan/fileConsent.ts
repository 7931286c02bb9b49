import { isRecord } from '../../core/domain/errors';
import type { Memory } from './decisions';

const KEY = 'plan.files';

export type FileAnswer = 'write' | 'never';

/** What the user answered about the files of plans: "write" for certain paths, "never" for all. */
export class FileConsent {
  constructor(private readonly memory: Memory) {}

  answerOf(workspace: string, paths: readonly string[]): FileAnswer | undefined {
    const kept = this.all()[workspace];
    if (kept === 'never') {
      return 'never';
    }
    return Array.isArray(kept) && paths.every((path) => kept.includes(path)) ? 'write' : undefined;
  }

  async remember(workspace: string, paths: readonly string[], answer: FileAnswer): Promise<void> {
    const value = answer === 'never' ? 'never' : [...paths].sort();
    await this.memory.update(KEY, { ...this.all(), [workspace]: value });
  }

  private all(): Readonly<Record<string, unknown>> {
    const kept = this.memory.get(KEY);
    return isRecord(kept) ? kept : {};
  }
}
