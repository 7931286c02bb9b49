import { MAX_AUDIT_LIMIT } from '../../core/audit/entry';
import { AUDIT_WHATS, type AuditWhat } from '../../core/domain/audit';
import { StyxyError } from '../../core/domain/errors';
import { isServiceName, MAX_PORT, MIN_PORT, NAME_RULE } from '../../core/domain/names';
import { nearestWord } from '../../core/domain/nearestWord';

/** A port that can be asked for. Errors: `invalid_argument`. */
export function parsePort(text: string): number {
  return portBetween(text, MIN_PORT);
}

/** A port that can be looked at. Errors: `invalid_argument`. */
export function parseAnyPort(text: string): number {
  return portBetween(text, 1);
}

/** The name of a service. Errors: `invalid_argument`. */
export function parseName(text: string): string {
  return nameOf(text, 'name', 'service name');
}

/** The name of a service type. Errors: `invalid_argument`. */
export function parseType(text: string): string {
  return nameOf(text, 'type', 'name of a service type');
}

/** The name of an instance template. Errors: `invalid_argument`. */
export function parseTemplate(text: string): string {
  return nameOf(text, 'template', 'name of a template');
}

/** All names follow one rule. */
function nameOf(text: string, argument: string, what: string): string {
  if (!isServiceName(text)) {
    throw new StyxyError('invalid_argument', `"${text}" is no ${what}. Give ${NAME_RULE}.`, {
      details: { argument, value: text },
    });
  }
  return text;
}

export function parsePid(text: string): number {
  const pid = wholeNumber(text);
  if (pid === undefined || pid < 1) {
    throw new StyxyError(
      'invalid_argument',
      `"${text}" is no process id. Give a whole number, as "styxy daemon status" shows it.`,
      { details: { argument: 'pid', value: text } },
    );
  }
  return pid;
}

/** What an entry of the audit log is about. Errors: `invalid_argument`. */
export function parseWhat(text: string): AuditWhat {
  const what = AUDIT_WHATS.find((each) => each === text);
  if (what === undefined) {
    const meant = nearestWord(text, AUDIT_WHATS);
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    throw new StyxyError(
      'invalid_argument',
      `"${text}" is nothing that the audit log tells.${hint} It tells: ${AUDIT_WHATS.join(', ')}.`,
      { details: { argument: 'what', value: text } },
    );
  }
  return what;
}

/** How many entries. Errors: `invalid_argument`. */
export function parseLimit(text: string): number {
  const limit = wholeNumber(text);
  if (limit === undefined || limit < 1 || limit > MAX_AUDIT_LIMIT) {
    throw new StyxyError(
      'invalid_argument',
      `"${text}" is no number of entries. Give a whole number from 1 to ${MAX_AUDIT_LIMIT}.`,
      { details: { argument: 'limit', value: text } },
    );
  }
  return limit;
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const AGE = /^(\d{1,6})([smhd])$/;
/** A date alone is midnight in UTC, a time without a zone the reader's own (ECMA-262). */
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/** Since when. `now` and the answer are in milliseconds. Errors: `invalid_argument`. */
export function parseSince(text: string, now: number): number {
  const [, count, unit] = AGE.exec(text) ?? [];
  if (count !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')) {
    return now - Number(count) * UNIT_MS[unit];
  }
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new StyxyError(
      'invalid_argument',
      `"${text}" is no time. Give how long ago, as 30m, 2h or 3d, or a time as 2026-01-31T12:00:00Z.`,
      { details: { argument: 'since', value: text } },
    );
  }
  return at;
}

/** Decimal digits and nothing else: no sign, no `3e3`, no `0x`, no spaces. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function portBetween(text: string, lowest: number): number {
  const port = wholeNumber(text);
  if (port === undefined || port < lowest || port > MAX_PORT) {
    throw new StyxyError(
      'invalid_argument',
      `"${text}" is no port. Give a whole number from ${lowest} to ${MAX_PORT}.`,
      { details: { argument: 'port', value: text } },
    );
  }
  return port;
}
