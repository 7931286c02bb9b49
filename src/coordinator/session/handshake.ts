/**
 * Mutual proof that both ends read the same lock file, without the secret crossing the socket:
 * HMAC-SHA256 over the prover's role and both nonces.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { StyxyError } from '../../core/domain/errors';

export type ProverRole = 'leader' | 'participant';

export interface Nonces {
  readonly leader: string;
  readonly participant: string;
}

export function prove(secret: string, role: ProverRole, nonces: Nonces): string {
  return createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(`${role}:${nonces.leader}:${nonces.participant}`)
    .digest('hex');
}

/** Compares in constant time. Errors: `permission_denied`. */
export function verify(secret: string, role: ProverRole, nonces: Nonces, proof: string): void {
  const expected = Buffer.from(prove(secret, role, nonces), 'hex');
  const given = Buffer.from(proof, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new StyxyError(
      'permission_denied',
      `The other side of the socket is not the ${role} that the lock file names. Close it and try again.`,
    );
  }
}
