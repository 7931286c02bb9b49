/**
 * Hides what looks like a secret in texts that are kept or shown, such as command lines. It would
 * rather hide too much; what only its owner can tell from an ordinary word stays.
 */

/** Names whose values are secrets, at the end of longer ones too: `API_KEY`, `clientSecret`. */
const SECRET = '(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credential|cookie|auth)s?';
/** Up to the closing quote; without quotes up to the next space or quote. */
const VALUE = `"[^"]*"?|'[^']*'?|[^\\s"']+`;

const SCHEME = '(?:bearer|basic|digest|negotiate|token)';

/** `Authorization: Bearer ...`, and a bearer token without its header. */
const AUTHORIZATION = new RegExp(
  `(authorization["']?\\s*[:=]\\s*["']?(?:${SCHEME}\\s+)?|\\bbearer[\\s:=]+)([^\\s"']+)`,
  'gi',
);
/** The password, or the long token in place of a name, of a URL. */
const URL_PASSWORD = /(:\/\/[^\s/:@]*:|:\/\/(?=[^\s/:@]{16}))([^\s/]+)(?=@)/g;
/** `NAME=value`, `name: value`, `"name":"value"`. */
const NAMED = new RegExp(`(${SECRET}["']?\\s*[:=]\\s*)(${VALUE})`, 'gi');
/** `--name value`. */
const OPTION = new RegExp(`((?<=^|\\s)--?[\\w-]*${SECRET}\\s+)(?!-)(${VALUE})`, 'gi');
/** Hex, base64 and base64url, from 16 bytes of hex on. */
const RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
const MIN_RUN = 32;

const SECRET_NAME = new RegExp(`(?:${SECRET}|authorization)$`, 'i');
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const MASKED = /^(?:\S{4})?\*{3}(?:\S{4})?$/;

/** Both ends of a text together are at most a third of it. */
const MIN_SHOWN = 24;

/** `abcd***wxyz`; of a short text nothing is left. What is masked already stays as it is. */
export function masked(secret: string): string {
  if (MASKED.test(secret)) {
    return secret;
  }
  return secret.length < MIN_SHOWN ? '***' : `${secret.slice(0, 4)}***${secret.slice(-4)}`;
}

/**
 * Masks values of names such as `token`, bearer tokens, passwords in URLs, and runs of 32 and more
 * characters that look like hex or base64. UUIDs and folders stay.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(AUTHORIZATION, (_all, before: string, value: string) => before + masked(value))
    .replace(URL_PASSWORD, (_all, before: string, value: string) => before + masked(value))
    .replace(NAMED, (_all, before: string, value: string) => before + maskedInQuotes(value))
    .replace(OPTION, (_all, before: string, value: string) => before + maskedInQuotes(value))
    .replace(RUN, maskRun);
}

/** The same in every text of a plain JSON value; what a secret's name stands for is masked whole. */
export function maskSecretsIn(value: unknown): unknown {
  if (typeof value === 'string') {
    return maskSecrets(value);
  }
  if (Array.isArray(value)) {
    return value.map(maskSecretsIn);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      typeof inner === 'string' && SECRET_NAME.test(name) ? masked(inner) : maskSecretsIn(inner),
    ]),
  );
}

function maskedInQuotes(value: string): string {
  const quote = value.startsWith('"') || value.startsWith("'") ? value.charAt(0) : '';
  if (quote === '') {
    return masked(value);
  }
  const closed = value.length > 1 && value.endsWith(quote);
  return quote + masked(value.slice(1, closed ? -1 : undefined)) + (closed ? quote : '');
}

/** A slash is a character of base64 and, more often, between the names of folders. */
function maskRun(run: string): string {
  const parts = run.split('/');
  const shown = parts.map((part) => (looksRandom(part) ? masked(part) : part)).join('/');
  return shown === run && !run.startsWith('/') && looksRandom(run) ? masked(run) : shown;
}

/** Random text changes between digits and the cases of letters all the time, words do not. */
function looksRandom(text: string): boolean {
  const rest = text.replace(UUID, '');
  const characters = rest.replace(/[^A-Za-z0-9]/g, '');
  if (rest.length < MIN_RUN || characters === '') {
    return false;
  }
  if (/^[0-9a-f]+$/i.test(characters)) {
    return true;
  }
  const kinds = [...characters].map(kindOf);
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  const share = changes / kinds.length;
  // Chance alone gives 0.6 with both cases and digits, 0.4 with one case and digits.
  return kinds.includes('digit') && share >= (new Set(kinds).size === 3 ? 1 / 3 : 1 / 5);
}

function kindOf(character: string): 'digit' | 'upper' | 'lower' {
  if (/[0-9]/.test(character)) {
    return 'digit';
  }
  return /[A-Z]/.test(character) ? 'upper' : 'lower';
}
