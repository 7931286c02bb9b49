/** Gives an existing file one more name; fails with errno if that name is taken. */
export type Link = (existing: string, name: string) => Promise<void>;

/**
 * How file systems without hard links refuse them: EPERM vfat and exFAT on Linux, ENOTSUP on macOS,
 * ENOSYS FUSE, EISDIR exFAT on Windows (libuv's word for ERROR_INVALID_FUNCTION).
 */
export const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
]);
