import { MAX_AUDIT_LIMIT } from '../../core/audit/entry';
import { AUDIT_WHATS, type AuditWhat } from '../../core/domain/audit';
import { StyxyError } from '../../core/domain/errors';
import { isServiceName, MAX_PORT, MIN_PORT, NAME_RULE } from '../../core/domain/names';
import { nearestWord } from '../../core/domain/nearestWord';

/** A port that can be asked for. Errors: `invalid_argument`, as of all that is read here. */
export const parsePort = portParser(MIN_PORT);

/** A port that can be looked at. */
export const parseAnyPort = portParser(1);

function portParser(lowest: number) {
  const rule = `Give a whole number from ${lowest} to ${MAX_PORT}.`;
  return numberParser('port', lowest, MAX_PORT, `is no port. ${rule}`);
}

/** The name of a service. */
export const parseName = nameParser('name', 'service name');

/** The name of a service type. */
export const parseType = nameParser('type', 'name of a service type');

/** The name of an instance template. */
export const parseTemplate = nameParser('template', 'name of a template');

/** All names follow one rule. */
function nameParser(argument: string, what: string) {
  return (text: string): string =>
    isServiceName(text) ? text : refuse(argument, text, `is no ${what}. Give ${NAME_RULE}.`);
}

export const parsePid = numberParser(
  'pid',
  1,
  Infinity,
  'is no process id. Give a whole number, as "styxy daemon status" shows it.',
);

/** What an entry of the audit log is about. */
export function parseWhat(text: string): AuditWhat {
  const meant = nearestWord(text, AUDIT_WHATS);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const all = AUDIT_WHATS.join(', ');
  return (
    AUDIT_WHATS.find((each) => each === text) ??
    refuse('what', text, `is nothing that the audit log tells.${hint} It tells: ${all}.`)
  );
}

/** How many entries. */
export const parseLimit = numberParser(
  'limit',
  1,
  MAX_AUDIT_LIMIT,
  `is no number of entries. Give a whole number from 1 to ${MAX_AUDIT_LIMIT}.`,
);

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const AGE = /^(\d{1,6})([smhd])$/;
/** A date alone is midnight in UTC, a time without a zone the reader's own (ECMA-262). */
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/** Since when. `now` and the answer are in milliseconds. */
export function parseSince(text: string, now: number): number {
  const [, count, unit] = AGE.exec(text) ?? [];
  if (count !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')) {
    return now - Number(count) * UNIT_MS[unit];
  }
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at)
    ? refuse(
        'since',
        text,
        'is no time. Give how long ago, as 30m, 2h or 3d, or a time as 2026-01-31T12:00:00Z.',
      )
    : at;
}

function refuse(argument: string, value: string, why: string): never {
  const details = { argument, value };
  throw new StyxyError('invalid_argument', `"${value}" ${why}`, { details });
}

/** Decimal digits and nothing else: no sign, no `3e3`, no `0x`, no spaces. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function numberParser(argument: string, lowest: number, highest: number, why: string) {
  return (text: string): number => {
    const number = wholeNumber(text);
    return number !== undefined && number >= lowest && number <= highest
      ? number
      : refuse(argument, text, why);
  };
}
