/** What is in force without a `config.json`, and under one. */
import { BUILT_IN_CATALOGUE } from '../domain/catalogue';
import type { Configuration } from '../domain/configuration';

export const DEFAULT_CONFIGURATION: Configuration = {
  catalogue: BUILT_IN_CATALOGUE,
  projected: [],
  autoAllocation: {
    enabled: true,
    chunkSize: 10,
    placement: 'after',
    minPort: 10_000,
    maxPort: 49_151,
    preserveGaps: true,
    gapSize: 10,
    rules: [],
  },
  templates: ['main', 'dev', 'staging', 'features'].map((name, offset) => {
    return { name, offset, offsets: new Map(), branches: [] };
  }),
  reservations: [],
  /** Figures are those of the original, which had the second and the third layer off. */
  recovery: {
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
  },
};
