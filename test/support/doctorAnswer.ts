/** A doctor's answer of a machine on which all is well. */
import { DEFAULT_CONFIGURATION } from '../../src/core/config/defaults';
import { NO_COUNTS } from '../../src/core/health/allocationHealth';
import type { MachineFacts } from '../../src/core/host/interfaces';
import type { DoctorAnswer } from '../../src/core/messages/doctorReport';

export const WELL: MachineFacts = {
  platform: 'linux',
  node: '20.0.0',
  home: {
    path: '/home/me/.styxy',
    hostFolder: '/home/me/.styxy/hosts/0123456789ab',
    mode: '0700',
    exposed: [],
    freeBytes: 10_000_000_000,
    quarantined: [],
    hardLinks: true,
  },
  socket: { path: '/run/user/1000/styxy/socket', present: true },
  tools: [],
  ephemeral: { first: 32_768, last: 60_999 },
  excluded: [],
  untold: [],
};

export function doctorAnswer(more: Partial<DoctorAnswer> = {}): DoctorAnswer {
  const at = 1_000_000;
  return {
    at,
    status: {
      epoch: 3,
      leader: { pid: 41, participant: 'p-window', kind: 'window', label: 'shop', since: at },
      participants: [],
      storage: { ok: true },
      commits: 12,
      home: WELL.home.path,
    },
    failovers: { count: 2, since: at - 60_000 },
    machine: WELL,
    configuration: { path: '/home/me/.styxy/config.json', problems: [] },
    conflicts: [],
    orphans: [],
    unhealthy: [],
    types: [{ name: 'dev', range: { first: 3000, last: 3099 } }],
    health: {
      settings: DEFAULT_CONFIGURATION.recovery.healthMonitoring,
      counters: NO_COUNTS,
    },
    recovery: { epoch: 3, at, attempts: 1, steps: [] },
    findings: [],
    ...more,
  };
}
