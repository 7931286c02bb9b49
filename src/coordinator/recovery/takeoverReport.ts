/** What a leader found when it took over, as steps of the recovery report. */
import type { FileProblem } from '../../core/domain/configuration';
import { StyxyError } from '../../core/domain/errors';
import type { EpochFile } from '../../core/host/interfaces';
import type { RecoveryStep } from '../../core/messages/recoveryReport';
import type { State } from '../../core/state/state';

/** A damaged copy, and where it lies now. */
export interface Repair {
  readonly file: EpochFile;
  readonly keptAt: string;
}

export interface TakeoverReport {
  /** The epoch that was read; absent in an empty home. */
  readonly from?: number;
  readonly seq: number;
  /** Commits that only the journals had. */
  readonly replayed: number;
  readonly repairs: readonly Repair[];
  /** What was wrong with the indices of the state; empty if nothing was. */
  readonly problems: readonly string[];
  /** Whether the state is sound now. */
  readonly sound: boolean;
}

export function stateStep(
  { from, seq, replayed, repairs }: TakeoverReport,
  { needsResync, allocations }: State,
): RecoveryStep {
  const kept = repairs.map(({ keptAt }) => keptAt);
  const copies =
    repairs.length === 1 ? '1 damaged copy was' : `${repairs.length} damaged copies were`;
  const aside = repairs.length === 0 ? '' : ` ${copies} set aside.`;
  const where = kept.length === 0 ? {} : { kept };
  if (needsResync) {
    const what = `Answers may be lost: every copy of an epoch was damaged or gone. The windows report what they hold before anything is granted.${aside}`;
    return { step: 'state', result: 'repaired', what, ...where };
  }
  if (from === undefined) {
    return { step: 'state', result: 'ok', what: 'There was nothing to take over.' };
  }
  const read = `Epoch ${from} was read up to commit ${seq}, ${replayed} of them from the journals: ${allocations.size} allocations.`;
  const what = `${read}${aside} Other copies had everything.`;
  return repairs.length === 0
    ? { step: 'state', result: 'ok', what: read }
    : { step: 'state', result: 'repaired', what, ...where };
}

export function indicesStep({ problems, sound }: TakeoverReport): RecoveryStep {
  const [first] = problems;
  if (first === undefined) {
    return { step: 'indices', result: 'ok', what: 'They agree with the allocations.' };
  }
  const found = `${problems.length} contradictions, the first: ${first}.`;
  const what = `${found} Nothing is granted or released by this leader; look-ups go on.`;
  return sound
    ? { step: 'indices', result: 'repaired', what: `${found} They were made anew.` }
    : { step: 'indices', result: 'failed', what };
}

export function configurationStep(path: string, problems: readonly FileProblem[]): RecoveryStep {
  const error = problems.find(({ severity }) => severity === 'error');
  if (error === undefined) {
    return { step: 'configuration', result: 'ok', what: `${path} was read, or there is none.` };
  }
  const what = `${path} has errors (${error.message}); what was read before stays in force.`;
  return { step: 'configuration', result: 'repaired', what };
}

/** Why a leader whose state contradicts itself decides nothing. */
export function unsound({ problems: [first] }: TakeoverReport): StyxyError {
  return new StyxyError(
    'storage_corrupt',
    `The stored state contradicts itself (${first}) and could not be made sound, so nothing is granted or released. ` +
      'Look-ups go on. Run "styxy doctor", and keep the folder it names for a report before you delete it.',
  );
}
