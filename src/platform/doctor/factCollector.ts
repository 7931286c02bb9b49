import { errnoOf } from '../fs/errno';

/** What is asked of the machine beside each other, each with an end; what failed is told. */
export class FactCollector {
  readonly untold: string[] = [];
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * What `work` answers, or `otherwise` if it fails, knows nothing (undefined) or takes too long.
   * `what`: the beginning of a sentence, `The room on the disk`. Never rejects.
   */
  async ask<T>(what: string, work: Promise<T | undefined>, otherwise: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#deadlineMs);
    });
    try {
      const answer = await Promise.race([work.then((value) => ({ value })), late]);
      if (answer === 'late') {
        this.untold.push(`${what} cannot be told: the system takes too long.`);
        return otherwise;
      }
      if (answer.value !== undefined) {
        return answer.value;
      }
      this.untold.push(`${what} cannot be told: the system does not say.`);
    } catch (error) {
      const why = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
      this.untold.push(`${what} cannot be told (${why}).`);
    } finally {
      clearTimeout(timer);
    }
    return otherwise;
  }
}
