/** Who takes part in a run. */
import type { ParticipantKind } from '../../src/core/domain/model';
import type { Operation } from './operations';
import type { Node } from '../../src/coordinator/node/node';
import type { Process } from './scheduler';

/** A place that one participant after the other fills. */
export interface Slot {
  readonly kind: ParticipantKind;
  readonly label: string;
  readonly folders: readonly string[];
  readonly ranked: boolean;
}

export interface Actor {
  readonly slot: Slot;
  readonly process: Process;
  /** Undefined until its process has its first turn. */
  node: Node | undefined;
  /** What it waits for at the moment. */
  readonly asking: Set<Operation>;
  leaving: boolean;
}
