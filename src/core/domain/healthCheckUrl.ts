/** What a plan may name as the health check of a service. */

/** Browsers and servers take about this many characters. */
const MAX_LENGTH = 2048;

/** IPv4 and IPv6 of this machine, by name or number: nothing else may be asked by a plan. */
const LOOPBACK_URL =
  /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?(?:[/?#].*)?$/i;

/**
 * A second slash, a backslash, and the control characters that URL parsers leave out would make
 * the path name another machine.
 */
export function isHealth(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || /[\s\\\p{Cc}]/u.test(value)) {
    return false;
  }
  return /^\/(?!\/)/.test(value) || LOOPBACK_URL.test(value);
}
