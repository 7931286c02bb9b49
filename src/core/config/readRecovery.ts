/** `recovery`: the three layers, each key over its default. */
import type { RecoverySettings } from '../domain/configuration';
import { DEFAULT_CONFIGURATION } from './defaults';
import { membersOf, type Member, type Problems } from '../jsonc/json';
import { BOOLEAN, anyNumber, readObject, readValue, wholeNumber } from '../jsonc/values';

/** The keys of `recovery` and of what they hold. */
export const RECOVERY_KEYS = {
  port_conflict: [
    'enabled',
    'check_availability',
    'max_retries',
    'backoff_ms',
    'backoff_multiplier',
  ],
  health_monitoring: ['enabled', 'check_interval_ms', 'max_failures', 'cleanup_stale_allocations'],
  system_recovery: ['enabled', 'run_on_startup', 'backup_corrupted_state', 'max_recovery_attempts'],
} as const;

type Layer = keyof typeof RECOVERY_KEYS;
const LAYERS = Object.keys(RECOVERY_KEYS) as Layer[];

/** The original checked none of these: what is out of bounds counts as the nearest bound. */
const ANY: readonly [number, number] = [0, Number.MAX_SAFE_INTEGER];
const RETRIES = wholeNumber({ min: 0, max: 20, example: 3, taken: ANY });
const BACKOFF_MS = wholeNumber({ min: 0, max: 60_000, example: 100, taken: ANY });
const MULTIPLIER = anyNumber({ min: 1, max: 10, example: 2 });
/** From a second, below which it would only burn processor time, to an hour. */
const INTERVAL_MS = wholeNumber({ min: 1_000, max: 3_600_000, example: 30_000, taken: ANY });
const ATTEMPTS = wholeNumber({ min: 1, max: 100, example: 3, taken: ANY });

export function readRecovery(member: Member | undefined, problems: Problems): RecoverySettings {
  const base = DEFAULT_CONFIGURATION.recovery;
  const example = '"recovery": { "health_monitoring": { "enabled": true } }';
  const node = readObject(member, example, problems);
  if (member === undefined || node === undefined) {
    return base;
  }
  const find = membersOf(node, member.path, LAYERS, problems);
  return {
    portConflict: readPortConflict(find('port_conflict'), base.portConflict, problems),
    healthMonitoring: readHealth(find('health_monitoring'), base.healthMonitoring, problems),
    systemRecovery: readSystem(find('system_recovery'), base.systemRecovery, problems),
  };
}

function readPortConflict(
  member: Member | undefined,
  base: RecoverySettings['portConflict'],
  problems: Problems,
): RecoverySettings['portConflict'] {
  const find = layerOf(member, 'port_conflict', problems);
  const availability = readValue(find('check_availability'), BOOLEAN, problems);
  const multiplier = readValue(find('backoff_multiplier'), MULTIPLIER, problems);
  return {
    enabled: readValue(find('enabled'), BOOLEAN, problems) ?? base.enabled,
    checkAvailability: availability ?? base.checkAvailability,
    maxRetries: readValue(find('max_retries'), RETRIES, problems) ?? base.maxRetries,
    backoffMs: readValue(find('backoff_ms'), BACKOFF_MS, problems) ?? base.backoffMs,
    backoffMultiplier: multiplier ?? base.backoffMultiplier,
  };
}

function readHealth(
  member: Member | undefined,
  base: RecoverySettings['healthMonitoring'],
  problems: Problems,
): RecoverySettings['healthMonitoring'] {
  const find = layerOf(member, 'health_monitoring', problems);
  const interval = readValue(find('check_interval_ms'), INTERVAL_MS, problems);
  const cleanup = readValue(find('cleanup_stale_allocations'), BOOLEAN, problems);
  return {
    enabled: readValue(find('enabled'), BOOLEAN, problems) ?? base.enabled,
    checkIntervalMs: interval ?? base.checkIntervalMs,
    maxFailures: readValue(find('max_failures'), ATTEMPTS, problems) ?? base.maxFailures,
    cleanupStaleAllocations: cleanup ?? base.cleanupStaleAllocations,
  };
}

function readSystem(
  member: Member | undefined,
  base: RecoverySettings['systemRecovery'],
  problems: Problems,
): RecoverySettings['systemRecovery'] {
  const find = layerOf(member, 'system_recovery', problems);
  const backup = readValue(find('backup_corrupted_state'), BOOLEAN, problems);
  const attempts = readValue(find('max_recovery_attempts'), ATTEMPTS, problems);
  return {
    enabled: readValue(find('enabled'), BOOLEAN, problems) ?? base.enabled,
    runOnStartup: readValue(find('run_on_startup'), BOOLEAN, problems) ?? base.runOnStartup,
    backupCorruptedState: backup ?? base.backupCorruptedState,
    maxRecoveryAttempts: attempts ?? base.maxRecoveryAttempts,
  };
}

function layerOf<L extends Layer>(
  member: Member | undefined,
  layer: L,
  problems: Problems,
): (key: (typeof RECOVERY_KEYS)[L][number]) => Member | undefined {
  const node = readObject(member, `"${layer}": { "enabled": true }`, problems);
  return member === undefined || node === undefined
    ? () => undefined
    : membersOf<(typeof RECOVERY_KEYS)[L][number]>(
        node,
        member.path,
        RECOVERY_KEYS[layer],
        problems,
      );
}
