import type { ServiceType } from '../../core/domain/catalogue';
import type { Translate } from '../text/translate';

export interface PageContext {
  /** Those in force: they say what a browser opens. */
  readonly types: readonly ServiceType[];
  readonly t: Translate;
  readonly now: number;
  /** A moment as this user reads it. */
  readonly time: (at: number) => string;
}
