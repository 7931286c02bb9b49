/**
 * Layer 3 of one term: reports what was found at the takeover, and repairs what has to wait until the
 * windows reported what they hold.
 */
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import { workspacesOf, type Allocation } from '../../core/domain/model';
import type { Disposable, ListenerTable, Runtime } from '../../core/host/interfaces';
import {
  RECOVERY_STEPS,
  type RecoveryReport,
  type RecoveryStep,
  type RecoveryStepName,
} from '../../core/messages/recoveryReport';
import {
  lostFolders,
  surplusSingletons,
  type RepairView,
} from '../../core/allocation/startupRepair';
import { apply } from '../../core/state/apply';
import type { State } from '../../core/state/state';
import type { Rules } from '../../core/allocation/rules';
import { shared } from '../async/promises';
import type { Recorder } from '../log/commit';

export interface StartupRepairOptions extends Runtime {
  readonly leader: Recorder & { refuse(error: StyxyError): void };
  readonly listeners: ListenerTable;
  /** Milliseconds in which windows report what they hold. */
  readonly graceMs: number;
  rules(): Rules;
  epoch(): number;
  /** Finds out which holders are gone, before anything counts as unheld. */
  attend(): Promise<void>;
  /** Which of these folders were deleted. */
  deleted(folders: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

export class StartupRepair implements Disposable {
  readonly #options: StartupRepairOptions;
  readonly #steps = new Map<RecoveryStepName, RecoveryStep>();
  #at: number;
  #attempts = 1;
  #timer: Disposable | undefined;

  constructor(options: StartupRepairOptions) {
    this.#options = options;
    this.#at = options.clock.now();
    for (const step of ['orphans', 'singletons'] as const) {
      const what = 'Windows report what they hold first.';
      this.#steps.set(step, { step, result: 'waiting', what });
    }
  }

  get report(): RecoveryReport {
    return {
      epoch: this.#options.epoch(),
      at: this.#at,
      attempts: this.#attempts,
      steps: RECOVERY_STEPS.flatMap((step) => this.#steps.get(step) ?? []),
    };
  }

  /** What was found or done in one step. */
  tell(step: RecoveryStep): void {
    const { clock, log } = this.#options;
    this.#at = clock.now();
    this.#steps.set(step.step, step);
    const say = `Recovery, ${step.step}: ${step.result}. ${step.what}`;
    if (step.result === 'failed') {
      log.error(say);
    } else {
      log.info(say);
    }
  }

  /** Begins to wait for the windows; then repairs. */
  start(): void {
    const { enabled, runOnStartup } = this.#settings();
    if (!enabled || !runOnStartup) {
      for (const step of ['orphans', 'singletons'] as const) {
        this.tell({ step, result: 'off', what: 'recovery.system_recovery is switched off.' });
      }
      return;
    }
    const attempt = shared(() => this.#attempt());
    this.#timer = this.#options.clock.every(this.#options.graceMs, () => void attempt());
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  async #attempt(): Promise<void> {
    try {
      if ((await this.#repair()) === 'done') {
        this.dispose();
      }
    } catch (error) {
      const coded = toStyxyError(error);
      for (const step of ['orphans', 'singletons'] as const) {
        this.tell({ step, result: 'failed', what: coded.message });
      }
      if (this.#attempts < this.#settings().maxRecoveryAttempts) {
        this.#attempts += 1;
        return;
      }
      this.dispose();
      // A listener table that cannot be read says nothing of the state: grants look for themselves.
      if (!coded.retryable) {
        this.#options.leader.refuse(givenUp(this.#attempts, coded));
      }
    }
  }

  /** `later`: the disk refuses at the moment, which is no failed attempt. */
  async #repair(): Promise<'done' | 'later'> {
    const { clock, leader, listeners, rules, attend, deleted } = this.#options;
    await attend();
    const all = [...leader.state.allocations.values()];
    const deletedFolders = await deleted(new Set(all.flatMap(workspacesOf)));
    const listening = await listeners.ports();
    const view: RepairView = {
      stamp: { at: clock.now(), actor: '', by: 'recovery' },
      isListening: ({ port }: Allocation) => listening.has(port),
      deleted: deletedFolders,
      cooldownMs: rules().cooldownMs,
    };
    let lost: readonly StateEvent[] = [];
    let surplus: readonly StateEvent[] = [];
    const outcome = await leader.decideAndRecord(() => {
      lost = lostFolders(leader.state, view);
      const after: State = lost.reduce(apply, leader.state);
      surplus = surplusSingletons(after, rules(), view);
      return [...lost, ...surplus];
    });
    if (outcome.kind === 'ended') {
      return 'later';
    }
    this.tell(orphansStep(lost.length, leader.state));
    this.tell(singletonsStep(surplus.length));
    return 'done';
  }

  #settings(): Rules['recovery']['systemRecovery'] {
    return this.#options.rules().recovery.systemRecovery;
  }
}

function orphansStep(lost: number, { allocations }: State): RecoveryStep {
  const unheld = [...allocations.values()].filter(({ holders }) => holders.length === 0).length;
  const left =
    unheld === 0
      ? 'Everything else is held.'
      : `${count(unheld, 'allocation')} without a holder: the health checks decide.`;
  const what = `${count(lost, 'allocation')} of deleted folders ended. ${left}`;
  return lost === 0
    ? { step: 'orphans', result: 'ok', what: unheld === 0 ? 'Everything is held.' : left }
    : { step: 'orphans', result: 'repaired', what };
}

function singletonsStep(surplus: number): RecoveryStep {
  const what = `${count(surplus, 'surplus allocation')} of singletons ended.`;
  return surplus === 0
    ? { step: 'singletons', result: 'ok', what: 'There is one of each.' }
    : { step: 'singletons', result: 'repaired', what };
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

/** Why a leader whose repairs fail serves look-ups only. */
function givenUp(attempts: number, cause: StyxyError): StyxyError {
  return new StyxyError(
    'storage_corrupt',
    `Recovery failed ${attempts} times (${cause.message}), so nothing is granted or released by this leader; look-ups go on. ` +
      'Run "styxy doctor", and "Styxy: Hand Over Leadership" to let the next one try.',
    { cause },
  );
}
