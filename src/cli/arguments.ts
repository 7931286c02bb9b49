import { StyxyError } from '../core/errors';
import { isServiceName, MAX_PORT, MIN_PORT, NAME_RULE } from '../core/names';

/** A port that can be asked for. Errors: `invalid_argument`. */
export function parsePort(text: string): number {
  return portBetween(text, MIN_PORT);
}

/** A port that can be looked at. Errors: `invalid_argument`. */
export function parseAnyPort(text: string): number {
  return portBetween(text, 1);
}

/** A service's name or type. Errors: `invalid_argument`. */
export function parseName(text: string): string {
  if (!isServiceName(text)) {
    throw new StyxyError('invalid_argument', `"${text}" is no service name. Give ${NAME_RULE}.`, {
      details: { argument: 'name', value: text },
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
