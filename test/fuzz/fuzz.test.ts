import assert from 'node:assert/strict';
import { Fuzzer, textOf } from './fuzzer';
import { TARGETS } from './targets';

/** The same each time, so that only a change can fail it; `npm run fuzz` tries others. */
const SEED = 7;

describe(`at every boundary, whatever comes in (seed ${SEED})`, () => {
  const fuzzer = new Fuzzer();

  after(() => fuzzer.close());

  for (const target of TARGETS) {
    it(`is taken or refused with a code, and nothing is lost: ${target.name}`, async () => {
      const text = textOf(target, SEED, await fuzzer.play(target, SEED));
      assert.ok(text === '', text);
    });
  }
});
