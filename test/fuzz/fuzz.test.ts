import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { Fuzzer, textOf } from './fuzzer';
import { TARGETS } from './targets';

/** Another one each time: over the days more is tried. */
const SEED = randomInt(1, 2 ** 31);

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
