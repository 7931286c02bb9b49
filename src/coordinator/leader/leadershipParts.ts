/** What a leadership works with, and what it is started for. */
import type { AuditTrail } from '../../core/audit/entry';
import type { PortRange } from '../../core/domain/catalogue';
import type { Participant } from '../../core/domain/model';
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
import type { Door, DoorOptions } from '../session/endpoint';
import type { LookTools } from '../lookup/portLookup';
import type { Base, Reign, ReignTools } from '../election/candidate';
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

export interface LeadershipOrder {
  /** The highest epoch that this process ever saw. */
  readonly seen: number;
  /** The highest epoch in which this process saw somebody answer, 0 for none. */
  readonly served: number;
  /** An epoch whose leader did not answer its pings: it is not asked again. */
  readonly accused?: number;
  readonly self: Participant;
  readonly product: string;
}

export interface LeadershipParts {
  readonly tools: LeadershipTools;
  readonly order: LeadershipOrder;
  readonly reignTools: ReignTools;
  readonly reign: Reign;
  readonly base: Base;
  readonly sessions: Sessions;
  readonly door: Door;
  readonly claims: Claims;
  readonly takeOver: TakeOver;
}
