/** The errno of a failed system call (`ENOENT`, ...), undefined for anything else that was thrown. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    return undefined;
  }
  return ERRNO.test(thrown.code) ? thrown.code : undefined;
}

/** Node's own errors are `ERR_...`; those are mistakes of the caller, not of the machine. */
const ERRNO = /^E(?!RR_)[A-Z0-9]+$/;
