/**
 * What may be called what. Every edge checks with these, and so does every decision: a name that
 * gets past here ends up in files, shells and environment variables.
 */

/** Service names and service types. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Made by the client: a UUID for ours, anything printable and short from others. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Below are the well-known ports (RFC 6335, section 6), which need privileges to bind. */
export const MIN_PORT = 1024;
export const MAX_PORT = 65_535;
/** Longest path that Linux takes (PATH_MAX), in characters. */
const MAX_WORKSPACE_LENGTH = 4_096;

export const NAME_RULE =
  '1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or a digit';

export function isServiceName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

export function isServiceTypeName(value: unknown): value is string {
  return isServiceName(value);
}

/** A port that Styxy may give: an integer, 1024-65535. A string of digits is none. */
export function isPort(value: unknown): value is number {
  return isTcpPort(value) && value >= MIN_PORT;
}

/** Any TCP port, 1-65535: what may be looked at. */
export function isTcpPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PORT;
}

/**
 * An absolute path of either kind of system without `.` and `..`, which would give one folder two
 * names, and without control characters, which would make it another one on a terminal.
 */
export function isWorkspace(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_WORKSPACE_LENGTH &&
    isAbsolute(value) &&
    !hasControlCharacter(value) &&
    !value.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')
  );
}

export function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && REQUEST_ID.test(value);
}

/** POSIX `/a`, Windows `C:\a` and `C:/a`, UNC `\\server\share`. */
function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[/\\]/.test(path) || /^\\\\[^\\]/.test(path);
}

/** C0, DEL and C1. */
function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/**
 * Name of the environment variable that carries a service's port: upper case, everything else `_`.
 * Two services may collide (`a.b`, `a-b`); who sets the variables has to look.
 */
export function environmentName(service: string): string {
  return `STYXY_PORT_${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Browsers and servers take about this many characters. */
const MAX_HEALTH_LENGTH = 2048;

/** IPv4 and IPv6 of this machine, by name or number: nothing else may be asked by a plan. */
const LOOPBACK_URL =
  /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?(?:[/?#].*)?$/i;

/**
 * What a plan may name as the health check of a service. A second slash, a backslash, and the control characters that URL parsers leave out would make
 * the path name another machine.
 */
export function isHealth(value: unknown): value is string {
  if (
    typeof value !== 'string' ||
    value.length > MAX_HEALTH_LENGTH ||
    /[\s\\\p{Cc}]/u.test(value)
  ) {
    return false;
  }
  return /^\/(?!\/)/.test(value) || LOOPBACK_URL.test(value);
}
