/**
 * Layer 2: what becomes of an allocation from look to look. Pure; the leader keeps the `Health`
 * of each allocation in memory, looks at the machine and does what `effect` says.
 */
import type { RecoverySettings } from '../domain/configuration';
import { describeIntruder, describeProcess } from '../domain/describe';
import type {
  HealthCounters,
  HealthReport,
  HealthSample,
  Intruder,
  ListeningProcess,
  Observation,
} from '../domain/model';
import { given } from '../domain/schema';
import type { HealthAnswer } from '../host/interfaces';
import { isSameProcess, type OwnedListener, type Ownership } from './ownership';

/** Observations that Inspect shows. */
export const HEALTH_HISTORY_LIMIT = 20;

/** What is remembered of one allocation; observed, never stored. */
export interface Health {
  /** Another port is a new beginning. */
  readonly port: number;
  readonly observation: Observation;
  /** When a listener that may be its own was seen last, in milliseconds since the Unix epoch. */
  readonly listenedAt?: number;
  /** Checks in a row that found it orphaned. */
  readonly orphaned: number;
  /** Whose conflict was announced last. */
  readonly announced?: ListeningProcess;
  /** Newest last. */
  readonly history: readonly HealthSample[];
}

/** Whether it was looked at, and is held as it was then; what listens is so either way. */
export function isUpToDate(health: Health | undefined, held: boolean): boolean {
  switch (health?.observation.state) {
    case undefined:
      return false;
    case 'listening':
    case 'conflict':
      return true;
    case 'orphaned':
      return !held;
    case 'reserved':
    case 'down':
      return held;
  }
}

export type FoundListener =
  /** Proven by a table that was read: `ListenerTable.ports`. */
  | { readonly kind: 'none' }
  /** Something listens as before; the owner was not looked up again. */
  | { readonly kind: 'unchanged' }
  | ({ readonly kind: 'listener' } & OwnedListener);

/** What one look at an allocation found. A table that could not be read is no look at all. */
export interface Look {
  /**
   * A `check` is one of every `check_interval_ms`, and the only one that counts towards
   * `max_failures`. A `glance` is any look in between.
   */
  readonly kind: 'check' | 'glance';
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly listener: FoundListener;
  /** Whether it has a holder: see docs/ports.md, "Who holds". */
  readonly held: boolean;
  /**
   * The health check of its plan. A check without it says that there is none; a glance without it
   * leaves what the last one answered.
   */
  readonly answer?: HealthAnswer;
}

export type HealthEffect =
  /**
   * Orphaned for `max_failures` checks in a row. Named again by every further check, so that a
   * release that could not be recorded is tried again. Before it is recorded, holder and port have
   * to be looked at once more: this is what was true at the look.
   */
  | { readonly kind: 'release'; readonly checks: number }
  /** A process that was not announced before has the port. */
  | {
      readonly kind: 'announce-conflict';
      readonly intruder: Intruder;
      readonly process?: ListeningProcess;
    };

export interface HealthOutcome {
  readonly health: Health;
  /** Whether what every window shows is another than before. */
  readonly changed: boolean;
  readonly effect?: HealthEffect;
}

export type HealthSettings = Pick<
  RecoverySettings['healthMonitoring'],
  'enabled' | 'maxFailures' | 'cleanupStaleAllocations'
>;

/**
 * The states of docs/ports.md, "States":
 * - `listening`: something listens that is not proven to be foreign. A service that fails the health
 *   check of its plan stays `listening`, with `health` `ok: false`, the reason, and how often in a
 *   row. It is never released.
 * - `conflict`: a listener that is proven to be somebody else's.
 * - `orphaned`: no holder and no listener.
 * - `down`: held, listened once (not only a stranger), does not now. `reserved`: never did.
 *
 * Every check adds to the history; a glance does if it changed something. Nothing has an effect
 * while health monitoring is switched off; nothing is released without `cleanup_stale_allocations`.
 */
export function observe(
  previous: Health | undefined,
  look: Look,
  port: number,
  settings: HealthSettings,
): HealthOutcome {
  const before = previous?.port === port ? previous : beginning(port);
  const observation = observationOf(before, look);
  const { state, process, intruder } = observation;
  const orphaned = state === 'orphaned' ? before.orphaned + (look.kind === 'check' ? 1 : 0) : 0;
  const isNews =
    settings.enabled &&
    state === 'conflict' &&
    !(before.announced !== undefined && isSameProcess(before.announced, process));
  const announced = isNews ? (process ?? {}) : before.announced;
  const listenedAt = state === 'listening' ? look.at : before.listenedAt;
  const changed = !isSame(before.observation, observation);
  const reason = reasonOf(observation, orphaned, settings);
  const sample = { at: look.at, state, ...given({ reason }) };
  const health: Health = {
    port,
    observation,
    ...given({ listenedAt, announced }),
    orphaned,
    history:
      look.kind === 'check' || changed
        ? [...before.history, sample].slice(-HEALTH_HISTORY_LIMIT)
        : before.history,
  };
  if (isNews && intruder !== undefined) {
    const effect = { kind: 'announce-conflict', intruder, ...given({ process }) } as const;
    return { health, changed, effect };
  }
  const { enabled, cleanupStaleAllocations, maxFailures } = settings;
  return enabled && cleanupStaleAllocations && look.kind === 'check' && orphaned >= maxFailures
    ? { health, changed, effect: { kind: 'release', checks: orphaned } }
    : { health, changed };
}

/** Not looked at yet: every face shows `reserved`. */
function beginning(port: number): Health {
  return { port, observation: { state: 'reserved' }, orphaned: 0, history: [] };
}

function observationOf(before: Health, { kind, listener, held, answer }: Look): Observation {
  const last = before.observation;
  if (listener.kind === 'none') {
    const listened = before.listenedAt !== undefined;
    return { state: !held ? 'orphaned' : listened ? 'down' : 'reserved' };
  }
  if (listener.kind === 'unchanged' && last.state === 'conflict') {
    return last;
  }
  const same =
    last.state === 'listening' &&
    (listener.kind === 'unchanged' || isSameProcess(last.process, listener.process));
  const process = listener.kind === 'listener' ? listener.process : same ? last.process : undefined;
  const owner = given({ process });
  if (listener.kind === 'listener' && isIntruder(listener.ownership)) {
    return { state: 'conflict', ...owner, intruder: listener.ownership };
  }
  const health = reportOf(same ? last.health : undefined, kind, answer);
  return { state: 'listening', ...owner, ...given({ health }) };
}

function isIntruder(ownership: Ownership): ownership is Intruder {
  return ownership.kind === 'sibling' || ownership.kind === 'stranger';
}

function reportOf(
  last: HealthReport | undefined,
  kind: Look['kind'],
  answer: HealthAnswer | undefined,
): HealthReport | undefined {
  if (answer === undefined) {
    return kind === 'check' ? undefined : last;
  }
  if (answer.ok) {
    return { ok: true };
  }
  const failures = last?.ok === false ? last.failures : 0;
  return { ok: false, reason: answer.reason, failures: failures + 1 };
}

/** Whether every face would show the same; how often a check failed is no news. */
function isSame(a: Observation, b: Observation): boolean {
  return (
    a.state === b.state &&
    isSameProcess(a.process, b.process) &&
    a.process?.workspace === b.process?.workspace &&
    describeIntruder(undefined, a.intruder) === describeIntruder(undefined, b.intruder) &&
    a.health?.ok === b.health?.ok &&
    (a.health?.ok !== false || b.health?.ok !== false || a.health.reason === b.health.reason)
  );
}

function reasonOf(
  { state, process, intruder, health }: Observation,
  orphaned: number,
  { maxFailures }: HealthSettings,
): string | undefined {
  switch (state) {
    case 'reserved':
    case 'down':
      return 'nobody listens';
    case 'listening':
      return health?.ok === false ? health.reason : describeProcess(process);
    case 'conflict':
      return describeIntruder(process, intruder);
    case 'orphaned':
      return `nobody holds it, nobody listens: check ${orphaned} of ${maxFailures}`;
  }
}

export const NO_COUNTS: HealthCounters = { checks: 0, failures: 0, conflicts: 0, released: 0 };

/** The counters after one look. A release counts once it is recorded: `countReleased`. */
export function countLook(
  counters: HealthCounters,
  look: Pick<Look, 'kind'>,
  { health, effect }: HealthOutcome,
): HealthCounters {
  const { state, health: report } = health.observation;
  const checked = look.kind === 'check';
  const failed = state === 'conflict' || state === 'orphaned' || report?.ok === false;
  return {
    ...counters,
    checks: counters.checks + (checked ? 1 : 0),
    failures: counters.failures + (checked && failed ? 1 : 0),
    conflicts: counters.conflicts + (effect?.kind === 'announce-conflict' ? 1 : 0),
  };
}

export function countReleased(counters: HealthCounters, orphans: number): HealthCounters {
  return { ...counters, released: counters.released + orphans };
}
