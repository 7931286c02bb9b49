/** One participant: the product as `createCoordinator` puts it together, on a simulated machine. */
import { Node } from '../../src/coordinator/node/node';
import { probeLeader, type ProbeTools } from '../../src/coordinator/session/leaderProbe';
import { Term, type TermTools } from '../../src/coordinator/leader/term';
import { readOnlyService } from '../../src/coordinator/wiring/readOnlyService';
import { BoundedLookup } from '../../src/coordinator/async/boundedLookup';
import type { ParticipantKind } from '../../src/core/domain/model';
import type { EpochFolder, Log } from '../../src/core/host/interfaces';
import { AuditLog } from '../../src/platform/storage/auditLog';
import { sha256, SystemClock } from '../../src/platform/fs/runtime';
import { ConfigFile } from '../../src/platform/home/configFile';
import { FileEpochFolder, type EpochFolderOptions } from '../../src/platform/storage/epochFolder';
import type { Machine } from './machine';
import type { Process } from './scheduler';

export const HOME = '/home/me/.styxy';
export const HOST_FOLDER = `${HOME}/hosts/0123456789ab`;
export const CONFIG_PATH = `${HOME}/config.json`;

export interface ParticipantOptions {
  readonly machine: Machine;
  readonly process: Process;
  readonly kind: ParticipantKind;
  readonly label: string;
  readonly folders: readonly string[];
  readonly graceMs: number;
  readonly rotateBytes: number;
  /** Whether it waits for its rank before it stands, as one that starts a worker does. */
  readonly ranked: boolean;
  readonly refusalsThatProve: number;
  readonly onProblem: (message: string) => void;
  /** What a control puts in the place of the leader's folder. */
  readonly leaderFolder?: (options: EpochFolderOptions) => EpochFolder;
}

/** In the turn of the process. */
export function participate(options: ParticipantOptions): Node {
  const { machine, process, kind, label, folders } = options;
  const { ids } = machine;
  const log = logOf(options);
  return new Node({
    clock: new SystemClock(),
    ids,
    log,
    product: 'Simulation',
    participant: { id: ids.uuid(), kind, label, pid: process.pid, version: '0.1.0', folders },
    open: async (participant) => {
      const { probe, term } = toolsOf(options, log);
      const startedAt = await term.processes.startedAt(process.pid);
      return {
        tools: {
          probe,
          host: { start: (candidacy) => Term.begin(term, candidacy) },
          ranked: options.ranked,
          readOnly: (self, problem) => readOnlyService(term, self, problem),
        },
        participant: { ...participant, ...(startedAt === undefined ? {} : { startedAt }) },
      };
    },
  });
}

function toolsOf(
  { machine, graceMs, rotateBytes, refusalsThatProve, leaderFolder }: ParticipantOptions,
  log: Log,
): { readonly probe: ProbeTools; readonly term: TermTools } {
  const { ids, network, processTable: processes } = machine;
  const clock = new SystemClock();
  const place = { path: HOST_FOLDER, clock, ids };
  const folder = new FileEpochFolder(place);
  const auditPath = `${HOST_FOLDER}/audit.log`;
  const probe: ProbeTools = {
    folder,
    clock,
    ids,
    log,
    bootId: processes.bootId,
    refusalsThatProve,
    connect: (path, deadlineMs) => network.connect(path, deadlineMs),
  };
  return {
    probe,
    term: {
      folder: leaderFolder?.(place) ?? folder,
      digest: sha256,
      clock,
      ids,
      log,
      look: {
        bounded: new BoundedLookup(clock),
        probe: machine.probe,
        listeners: machine.listeners,
        workspaces: machine.workspaces,
        health: machine.health,
      },
      processes,
      config: new ConfigFile({ home: HOME, clock, ids }),
      trail: new AuditLog({ path: auditPath, clock, log }),
      auditPath,
      machine: machine.reader,
      ephemeral: { first: 32_768, last: 60_999 },
      graceMs,
      home: HOME,
      rotateBytes,
      socketPath: async (nonce) => `/run/styxy/${nonce}`,
      listen: (path, onConnection) => network.listen(path, onConnection),
      socketExists: (path) => network.exists(path),
      removeSocket: (path) => network.remove(path),
      probeLeader: async (epoch) =>
        (await probeLeader(probe, epoch)) === 'dead' ? 'dead' : 'alive',
    },
  };
}

/** The product's own words, in the trace; what says that it has a bug, to the checker. */
function logOf({ machine, process, onProblem }: ParticipantOptions): Log {
  const { scheduler } = machine;
  const say = (level: string) => (message: string) => {
    scheduler.trace(`${level} ${message}`, process);
    if (level !== 'debug' && /unexpected|A batch failed|A listener failed/.test(message)) {
      onProblem(`${process.name}: ${message}`);
    }
  };
  return { debug: say('debug'), info: say('info'), warn: say('WARN'), error: say('ERROR') };
}
