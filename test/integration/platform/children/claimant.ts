import type { JournalFile, LockRecord } from '../../../../src/core/host/interfaces';
import { errnoError, lockRecord, openFolder } from '../support';

/** One round of the race: everybody claims the same number, then creates the same journals. */
export interface Round {
  readonly folder: string;
  readonly epoch: number;
  readonly hardLinks: boolean;
}

export interface RoundResult {
  readonly lock: 'won' | 'lost';
  readonly journalA: 'won' | 'lost';
  readonly journalB: 'won' | 'lost';
}

async function prepare(round: Round): Promise<() => Promise<RoundResult>> {
  const folder = openFolder(
    round.folder,
    round.hardLinks ? {} : { link: () => Promise.reject(errnoError('EPERM')) },
  );
  const record: LockRecord = lockRecord();
  await folder.prepareClaim(record);
  return async () => {
    const lock = await folder.claim(round.epoch, record);
    const journals = await Promise.all([
      folder.createJournal(round.epoch, 'a'),
      folder.createJournal(round.epoch, 'b'),
    ]);
    const [journalA, journalB] = await Promise.all(journals.map(outcome));
    return { lock, journalA: journalA ?? 'lost', journalB: journalB ?? 'lost' };
  };
}

async function outcome(journal: JournalFile | 'lost'): Promise<'won' | 'lost'> {
  if (journal === 'lost') {
    return 'lost';
  }
  await journal.close();
  return 'won';
}

let go: (() => Promise<RoundResult>) | undefined;

process.on('message', (message: Round | 'go') => {
  const answer = async () => {
    if (message === 'go') {
      process.send?.(await go?.());
    } else {
      go = await prepare(message);
      process.send?.('ready');
    }
  };
  answer().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
