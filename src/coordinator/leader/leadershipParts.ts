/** What a leadership works with, and what it is started for. */
import type { AuditTrail } from '../../core/audit/entry';
import type { PortRange } from '../../core/domain/catalogue';
import type {
  Clock,
  ConfigStore,
  Digest,
  EpochFolder,
  Ids,
  Log,
  MachineReader,
  ProcessTable,
} from '../../core/host/interfaces';
import type { ClaimPool } from '../election/claimPool';
import type { Base, LogTools } from '../log/commit';
import type { Endpoint, EndpointOptions } from '../session/endpoint';
import type { PortLookupTools } from '../lookup/portLookup';
import type { CandidacyOrder, EpochLog } from '../election/candidate';
import type { Sessions } from '../session/sessions';
import type { TakeoverReport } from '../recovery/takeoverReport';

export interface LeadershipTools extends Omit<EndpointOptions, 'onConnection'> {
  readonly folder: EpochFolder;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly look: PortLookupTools;
  readonly processes: ProcessTable;
  readonly config: ConfigStore;
  readonly trail: AuditTrail;
  /** Absolute path of its newest file. */
  readonly auditPath: string;
  /** Ports that the OS gives to outgoing connections, where it tells. */
  readonly ephemeral: PortRange | undefined;
  /** What the doctor wants to know. */
  readonly machine: MachineReader;
  /** How long a holder may be away. */
  readonly graceMs: number;
  readonly home: string;
  /** See `EpochLedger`. */
  readonly rotateBytes: number;
  removeSocket(path: string): Promise<void>;
  judge(epoch: number): Promise<'alive' | 'dead'>;
}

export interface LeadershipParts {
  readonly tools: LeadershipTools;
  readonly order: CandidacyOrder;
  readonly reignTools: LogTools;
  readonly reign: EpochLog;
  readonly base: Base;
  readonly sessions: Sessions;
  readonly door: Endpoint;
  readonly claims: ClaimPool;
  readonly takeOver: TakeoverReport;
}
