/** What is in force without a `config.json`, and under one. */
import { BUILT_IN_CATALOGUE } from '../domain/catalogue';
import type {
  AutoAllocation,
  Configuration,
  RecoverySettings,
  Template,
} from '../domain/configuration';

const AUTO_ALLOCATION: AutoAllocation = {
  enabled: true,
  chunkSize: 10,
  placement: 'after',
  minPort: 10_000,
  maxPort: 49_151,
  preserveGaps: true,
  gapSize: 10,
  rules: [],
};

/** Figures are those of the original, which had the second and the third layer off. */
const RECOVERY: RecoverySettings = {
  portConflict: {
    enabled: true,
    checkAvailability: true,
    maxRetries: 3,
    backoffMs: 100,
    backoffMultiplier: 2,
  },
  healthMonitoring: {
    enabled: true,
    checkIntervalMs: 30_000,
    maxFailures: 3,
    cleanupStaleAllocations: true,
  },
  systemRecovery: {
    enabled: true,
    runOnStartup: true,
    backupCorruptedState: true,
    maxRecoveryAttempts: 3,
  },
};

const TEMPLATES: readonly Template[] = ['main', 'dev', 'staging', 'features'].map(
  (name, offset) => ({ name, offset, offsets: new Map(), branches: [] }),
);

export const DEFAULT_CONFIGURATION: Configuration = {
  catalogue: BUILT_IN_CATALOGUE,
  projected: [],
  autoAllocation: AUTO_ALLOCATION,
  templates: TEMPLATES,
  reservations: [],
  recovery: RECOVERY,
};
