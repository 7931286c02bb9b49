import type { ServiceType } from '../../core/domain/catalogue';

export interface PageContext {
  /** Those in force: they say what a browser opens. */
  readonly types: readonly ServiceType[];
  readonly now: number;
  /** A moment as this user reads it. */
  readonly time: (at: number) => string;
}
