import { sha256 } from '../fs/sha256';

export interface HostFacts {
  /** Undefined where the operating system has none. */
  readonly machineId: string | undefined;
  readonly hostname: string;
  readonly inContainer: boolean;
}

/** 48 bits tell the few machines and containers apart that share a home. */
const HOST_ID_DIGITS = 12;

/**
 * Names one network namespace: the same after a reboot, another for each container that shares
 * the home. The machine's own id is not written anywhere.
 */
export function hostIdOf(facts: HostFacts): string {
  const machine = facts.machineId ?? facts.hostname;
  const identity = facts.inContainer ? `${machine}\n${facts.hostname}` : machine;
  return sha256(identity).slice(0, HOST_ID_DIGITS);
}
