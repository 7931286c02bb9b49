import { AUDIT_WHATS, type AuditQuery } from '../domain/audit';
import { MAX_AUDIT_LIMIT } from './entry';
import type { StyxyError } from '../domain/errors';
import { isTcpPort, MAX_PORT } from '../domain/names';
import { invalidField } from '../messages/refusals';

/** `invalid_argument` for a query that matches nothing, whatever the log holds. */
export function auditRefusal({ port, what, since, limit }: AuditQuery): StyxyError | undefined {
  if (port !== undefined && !isTcpPort(port)) {
    return invalidField('port', port, `a whole number from 1 to ${MAX_PORT}`, 'Name one port.');
  }
  if (what !== undefined && !AUDIT_WHATS.includes(what)) {
    return invalidField('what', what, `one of ${AUDIT_WHATS.join(', ')}`, 'Name one of these.');
  }
  if (since !== undefined && !Number.isFinite(since)) {
    return invalidField('since', since, 'a time in milliseconds', 'Name a time.');
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    const rule = `a whole number from 1 to ${MAX_AUDIT_LIMIT}`;
    return invalidField('limit', limit, rule, 'Name how many entries.');
  }
  return undefined;
}
