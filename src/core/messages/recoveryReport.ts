/** What a new leader found and did before it served: the third layer, in words. */

export const RECOVERY_STEPS = [
  'state',
  'configuration',
  'orphans',
  'singletons',
  'indices',
] as const;

export type RecoveryStepName = (typeof RECOVERY_STEPS)[number];

export interface RecoveryStep {
  readonly step: RecoveryStepName;
  readonly result:
    /** Nothing was wrong. */
    | 'ok'
    /** Something was, and is not any more. */
    | 'repaired'
    /** Its time has not come: windows are still telling what they hold. */
    | 'waiting'
    /** Switched off by the configuration. */
    | 'off'
    /** It could not be done; it is tried again with the next change of leader. */
    | 'failed';
  /** Sentences: what was found and done. */
  readonly what: string;
  /** Absolute paths of damaged copies, where they lie now. */
  readonly kept?: readonly string[];
}

export interface RecoveryReport {
  /** Of the leader that made it. */
  readonly epoch: number;
  /** Milliseconds since the Unix epoch: when it was made, or changed last. */
  readonly at: number;
  /** How often the steps were tried; at most `max_recovery_attempts`. */
  readonly attempts: number;
  /** In the order of `RECOVERY_STEPS`. */
  readonly steps: readonly RecoveryStep[];
}
