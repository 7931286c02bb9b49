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
import type { Claims } from '../election/claimPool';
import type { Base, LogTools } from '../log/commit';
import type { Door, DoorOptions } from '../session/endpoint';
import type { LookTools } from '../lookup/portLookup';
import type { LeadershipOrder, Reign } from '../election/candidate';
import type { Sessions } from '../session/server';
import type { TakeOver } from '../recovery/takeoverReport';

export interface LeadershipTools extends Omit<DoorOptions, 'onConnection'> {
  readonly folder: EpochFolder;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly look: LookTools;
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
  readonly order: LeadershipOrder;
  readonly reignTools: LogTools;
  readonly reign: Reign;
  readonly base: Base;
  readonly sessions: Sessions;
  readonly door: Door;
  readonly claims: Claims;
  readonly takeOver: TakeOver;
}
