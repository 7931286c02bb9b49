import { StyxyError } from '../../core/domain/errors';
import type { CommitOutcome } from '../election/candidate';

/** Not a "no": the next leader may find the batch on disk. Asking with the same id is safe. */
export function unknownOutcome(outcome: Extract<CommitOutcome, { kind: 'ended' }>): StyxyError {
  if (outcome.why.kind === 'storage') {
    return (
      outcome.cause ??
      new StyxyError('storage_unavailable', 'The disk refuses to store the answer. Ask again.')
    );
  }
  return new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
}
