/** What the doctor finds in the leadership: storage, recovery, versions, configuration. */
import { describeProblem } from '../config/readConfiguration';
import { capped } from '../domain/describe';
import type { DoctorAnswer, Finding } from '../messages/doctorReport';
import type { Participant } from '../domain/model';
import type { RecoveryStep, RecoveryStepName } from '../messages/recoveryReport';

/** More than closing some windows explains. */
const MANY_FAILOVERS = 5;

type Facts = Omit<DoctorAnswer, 'findings'>;

export function leaderFindings(facts: Facts): readonly Finding[] {
  return [
    ...storage(facts),
    ...facts.recovery.steps.flatMap(recovery),
    ...configuration(facts),
    ...versions(facts),
    ...failovers(facts),
  ];
}

function storage({ status: { storage } }: Facts): readonly Finding[] {
  return storage.ok
    ? []
    : [
        {
          severity: 'error',
          about: 'storage',
          code: 'storage_unavailable',
          what: storage.problem ?? 'The disk refuses to store answers.',
          todo: 'Make room or repair the disk; Styxy tries again by itself.',
        },
      ];
}

/** What ended because nobody held it is told, but nothing was broken. */
const DAMAGES: ReadonlySet<RecoveryStepName> = new Set(['state', 'configuration', 'indices']);

function recovery({ step, result, what, kept = [] }: RecoveryStep): readonly Finding[] {
  const about = 'recovery';
  const told = `Recovery of ${step}: ${what}`;
  const copies =
    kept.length === 0
      ? ''
      : ` Keep the damaged copies for a report, or delete them: ${kept.join(', ')}.`;
  if (result === 'failed') {
    const code = DAMAGES.has(step) ? 'storage_corrupt' : 'internal';
    const todo = `The log says why. "Styxy: Hand Over Leadership" makes the next leader try again.${copies}`;
    return [{ severity: 'error', about, code, what: told, todo }];
  }
  // A broken config.json has findings of its own, with what would be right.
  if (result !== 'repaired' || step === 'configuration') {
    return [];
  }
  return DAMAGES.has(step)
    ? [
        {
          severity: 'warning',
          about,
          what: told,
          todo: `Nothing has to be done. If it comes again, check the disk.${copies}`,
        },
      ]
    : [{ severity: 'info', about, what: told, todo: 'Nothing has to be done.' }];
}

function configuration({ configuration: { path, problems } }: Facts): readonly Finding[] {
  const about = 'configuration';
  const all = problems.map((problem): Finding => {
    const what = describeProblem(problem, path);
    return problem.severity === 'error'
      ? {
          severity: 'error',
          about,
          code: 'invalid_config',
          what,
          todo: 'Correct it and save; until then what was read before stays in force. "styxy config validate" tells the line.',
        }
      : {
          severity: 'warning',
          about,
          what,
          todo: 'It works, but most likely not as it is meant. "styxy config validate" tells the line.',
        };
  });
  return capped<Finding>(all, (more) => ({
    severity: 'warning',
    about,
    what: `${path}: there are ${more} more problems.`,
    todo: '"styxy config validate" tells all of them.',
  }));
}

function versions({ status: { participants, leader } }: Facts): readonly Finding[] {
  const leading = participants.find(({ id }) => id === leader.participant);
  if (leading === undefined) {
    return [];
  }
  const others = participants.filter(({ version }) => version !== leading.version);
  const all = others.map((other): Finding => ({
    severity: 'warning',
    about: 'versions',
    what:
      `${named(other)} runs Styxy ${other.version}, the leader, ` +
      `${named(leading)}, ${leading.version}.`,
    todo: 'Reload the older window, or restart the older daemon: it then runs what is installed.',
  }));
  return capped<Finding>(all, (more) => ({
    severity: 'warning',
    about: 'versions',
    what: `${more} more participants run another version than the leader.`,
    todo: '"styxy instances" lists them.',
  }));
}

function named({ kind, label, pid }: Participant): string {
  return `${kind} "${label}" (pid ${pid})`;
}

function failovers({ failovers: { lastHour = 0 } }: Facts): readonly Finding[] {
  return lastHour < MANY_FAILOVERS
    ? []
    : [
        {
          severity: 'warning',
          about: 'failovers',
          what: `The leader changed ${lastHour} times in the last hour.`,
          todo: '"styxy audit --what leadership --since 1h" tells who led; look there for a window that freezes or crashes. Its log says why it lost the lead.',
        },
      ];
}
