import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Round, RoundResult } from '../children/claimant';
import { openFolder, temporaryFolder } from '../support';

const CLAIMANTS = 6;
const ROUNDS = 50;

describe('six processes that claim one number at once', () => {
  const temporary = temporaryFolder();
  let claimants: ChildProcess[] = [];

  before(() => {
    claimants = Array.from({ length: CLAIMANTS }, () =>
      fork(join(__dirname, '..', 'children', 'claimant.ts'), {
        execArgv: ['--require', 'tsx/cjs'],
      }),
    );
  });
  after(async () => {
    await Promise.all(
      claimants.map(async (child) => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  });

  async function tell<Answer>(message: Round | 'go'): Promise<readonly Answer[]> {
    const answers = claimants.map(async (child) => (await once(child, 'message'))[0] as Answer);
    claimants.forEach((child) => child.send(message));
    return Promise.all(answers);
  }

  for (const hardLinks of [true, false]) {
    it(`have one winner in each of ${ROUNDS} rounds, ${hardLinks ? 'with' : 'without'} hard links`, async () => {
      const folder = temporary.path;
      for (let epoch = 1; epoch <= ROUNDS; epoch++) {
        await tell<'ready'>({ folder, epoch, hardLinks });
        const results = await tell<RoundResult>('go');
        for (const what of ['lock', 'journalA', 'journalB'] as const) {
          const winners = results.filter((result) => result[what] === 'won');
          assert.equal(winners.length, 1, `${what} of epoch ${epoch}`);
        }
      }
      const listing = await openFolder(folder).list();
      assert.equal(listing.highest, ROUNDS);
      assert.equal(listing.files.length, ROUNDS * 3);
      const losers = (CLAIMANTS - 1) * ROUNDS;
      assert.equal(listing.claims.length, losers);
    });
  }
});
