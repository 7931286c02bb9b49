import { StyxyError } from '../../core/domain/errors';
import type { CheckpointCopy, EpochFile, JournalCopy, Listing } from '../../core/host/interfaces';

/** Ten digits sort like numbers and last for 300 years of a leader a second. */
const EPOCH_DIGITS = 10;
const MAX_EPOCH = 10 ** EPOCH_DIGITS - 1;

const CLAIM = /^claim\.([0-9A-Za-z-]{1,64})$/;

/** Everything in a host's folder that has one of our names; other names are ignored. */
export type EpochName =
  | { readonly kind: 'file'; readonly file: EpochFile }
  | { readonly kind: 'claim'; readonly nonce: string }
  /** A checkpoint that was not finished: what a crash leaves behind. */
  | { readonly kind: 'temporary'; readonly epoch: number };

/** The names with an epoch, and what each is. */
const EPOCH_NAMES: readonly (readonly [
  pattern: RegExp,
  meaning: (epoch: number, copy?: string) => EpochName,
])[] = [
  [/^lock\.(\d{10})$/, (epoch) => ({ kind: 'file', file: { kind: 'lock', epoch } })],
  [
    /^journal\.(\d{10})\.(a|b)\.ndjson$/,
    (epoch, copy) => {
      return { kind: 'file', file: { kind: 'journal', epoch, copy: copy === 'a' ? 'a' : 'b' } };
    },
  ],
  [
    /^state\.(\d{10})\.json(\.bak)?$/,
    (epoch, bak) => {
      const copy = bak === undefined ? 'main' : 'bak';
      return { kind: 'file', file: { kind: 'checkpoint', epoch, copy } };
    },
  ],
  [/^state\.(\d{10})\.json\.[0-9A-Za-z-]+\.tmp$/, (epoch) => ({ kind: 'temporary', epoch })],
];

export function lockName(epoch: number): string {
  return `lock.${digits(epoch)}`;
}

export function journalName(epoch: number, copy: JournalCopy): string {
  return `journal.${digits(epoch)}.${copy}.ndjson`;
}

export function checkpointName(epoch: number, copy: CheckpointCopy): string {
  return `state.${digits(epoch)}.json${copy === 'bak' ? '.bak' : ''}`;
}

/** `token` keeps two writers of one epoch apart. */
export function temporaryName(epoch: number, token: string): string {
  return `state.${digits(epoch)}.json.${token}.tmp`;
}

/** Errors: `invalid_argument` for a nonce that could leave the folder. */
export function claimName(nonce: string): string {
  const name = `claim.${nonce}`;
  if (!CLAIM.test(name)) {
    throw new StyxyError('invalid_argument', `"${nonce}" cannot name a claim. Use hex digits.`);
  }
  return name;
}

export function fileName(file: EpochFile): string {
  switch (file.kind) {
    case 'lock':
      return lockName(file.epoch);
    case 'journal':
      return journalName(file.epoch, file.copy);
    case 'checkpoint':
      return checkpointName(file.epoch, file.copy);
  }
}

/** Undefined for a name that is not ours. */
export function parseName(name: string): EpochName | undefined {
  for (const [pattern, meaning] of EPOCH_NAMES) {
    const [, epoch, copy] = pattern.exec(name) ?? [];
    if (Number(epoch) > 0) {
      return meaning(Number(epoch), copy);
    }
  }
  const nonce = CLAIM.exec(name)?.[1];
  return nonce === undefined ? undefined : { kind: 'claim', nonce };
}

/** Sorts names by what they are. An unfinished checkpoint counts for `highest` only. */
export function parseListing(names: readonly string[]): Listing {
  const ours = names.flatMap((name) => parseName(name) ?? []);
  const files = ours.flatMap((found) => (found.kind === 'file' ? [found.file] : []));
  const unfinished = ours.flatMap((found) => (found.kind === 'temporary' ? [found] : []));
  const claims = ours.flatMap((found) => (found.kind === 'claim' ? [found.nonce] : []));
  const epochs = [...files, ...unfinished].map(({ epoch }) => epoch);
  const highest = epochs.reduce((most, epoch) => Math.max(most, epoch), 0);
  return { files, highest, claims };
}

function digits(epoch: number): string {
  if (!Number.isSafeInteger(epoch) || epoch < 1 || epoch > MAX_EPOCH) {
    throw new StyxyError(
      'storage_corrupt',
      `${epoch} cannot be the number of a leadership (1-${MAX_EPOCH}). A file with a wrong number ` +
        "lies in Styxy's folder: move files with implausibly high numbers away.",
      { details: { epoch } },
    );
  }
  return String(epoch).padStart(EPOCH_DIGITS, '0');
}
