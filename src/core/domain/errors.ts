/**
 * The one error type of Styxy. Every refusal carries a stable code for programs and a message for
 * people that says what happened, to what, and what to do next.
 */

/** Process exit codes of the command line, by group of error codes. */
export const EXIT_CODES = {
  invalid: 2,
  port: 3,
  allocation: 4,
  coordination: 5,
  storage: 6,
  permission: 7,
  cancelled: 130,
  internal: 1,
} as const;

/** Groups of codes that share a CLI exit code and an HTTP status. */
export type ErrorGroup = keyof typeof EXIT_CODES;

/** Every code, and the group that it belongs to. */
const GROUP_OF = {
  invalid_argument: 'invalid',
  invalid_config: 'invalid',
  no_port_available: 'port',
  port_in_use: 'port',
  port_reserved: 'port',
  allocation_not_found: 'allocation',
  not_holder: 'allocation',
  leader_unavailable: 'coordination',
  leadership_lost: 'coordination',
  protocol_mismatch: 'coordination',
  timeout: 'coordination',
  storage_unavailable: 'storage',
  storage_corrupt: 'storage',
  storage_newer: 'storage',
  permission_denied: 'permission',
  untrusted_workspace: 'permission',
  cancelled: 'cancelled',
  internal: 'internal',
} as const satisfies Readonly<Record<string, ErrorGroup>>;

export type StyxyErrorCode = keyof typeof GROUP_OF;

/** Facts about a refusal, safe to show and to send: plain JSON, no secrets. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface StyxyErrorOptions {
  readonly details?: ErrorDetails;
  /** Whether the same request, with the same request id, may succeed when it is asked again. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

export class StyxyError extends Error {
  readonly code: StyxyErrorCode;
  readonly details: ErrorDetails;
  readonly retryable: boolean;

  constructor(code: StyxyErrorCode, message: string, options: StyxyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StyxyError';
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? RETRYABLE.has(code);
  }

  toJSON(): ErrorJson {
    const { code, message, details, retryable } = this;
    return { code, message, details, retryable };
  }
}

/** The wire and `--json` shape of an error. */
export interface ErrorJson {
  readonly code: StyxyErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly retryable: boolean;
}

const RETRYABLE: ReadonlySet<StyxyErrorCode> = new Set<StyxyErrorCode>([
  'leader_unavailable',
  'leadership_lost',
  'timeout',
  'storage_unavailable',
]);

export const ERROR_CODES = Object.keys(GROUP_OF) as StyxyErrorCode[];

export function errorGroup(code: StyxyErrorCode): ErrorGroup {
  return GROUP_OF[code];
}

export function isErrorCode(value: unknown): value is StyxyErrorCode {
  return typeof value === 'string' && Object.hasOwn(GROUP_OF, value);
}

/** Rebuilds an error that crossed the wire; anything else becomes `internal`. */
export function errorFromJson(json: unknown): StyxyError {
  const record = isRecord(json) ? json : {};
  const code = isErrorCode(record.code) ? record.code : 'internal';
  const message = typeof record.message === 'string' ? record.message : 'Unknown error.';
  return new StyxyError(code, message, {
    details: isRecord(record.details) ? record.details : {},
    ...(typeof record.retryable === 'boolean' ? { retryable: record.retryable } : {}),
  });
}

/** Wraps whatever was thrown, so that a boundary always answers with a coded error. */
export function toStyxyError(thrown: unknown): StyxyError {
  if (thrown instanceof StyxyError) {
    return thrown;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new StyxyError(
    'internal',
    `Something unexpected happened: ${message}. Run "styxy daemon status" and report this if it stays.`,
    { cause: thrown },
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
