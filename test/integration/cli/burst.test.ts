import assert from 'node:assert/strict';
import { isRecord } from '../../../src/core/domain/errors';
import { CliHome, isRunning, type Json, parseObject, type Result, signal, until } from './home';

const DAEMONS = 8;
const CALLERS = 50;
/** Answers that are waited for before the leader is killed: well inside the burst. */
const ANSWERS_BEFORE_KILL = 10;

describe('eight headless participants and fifty callers at once', () => {
  let home: CliHome;

  beforeEach(async function () {
    this.timeout(120_000);
    home = await CliHome.create();
    for (let index = 0; index < DAEMONS; index += 1) {
      await home.startDaemon();
    }
  });

  afterEach(async () => {
    await home.dispose();
  });

  function burst(onAnswer: (result: Result) => void = () => undefined): Promise<Result[]> {
    return Promise.all(
      Array.from({ length: CALLERS }, async (_, index) => {
        const args = ['allocate', '-s', 'dev', '-n', `service-${index}`, '--json'];
        const result = await home.run(args);
        onAnswer(result);
        return result;
      }),
    );
  }

  function acknowledged(results: readonly Result[]): Json[] {
    return results.filter(({ code }) => code === 0).map(({ stdout }) => parseObject(stdout));
  }

  function triples(allocations: readonly Json[]): Set<string> {
    return new Set(allocations.map(({ id, port, service }) => `${service} ${port} ${id}`));
  }

  it('give fifty different ports', async function () {
    this.timeout(120_000);
    const { participants } = await home.status();
    assert.equal(Array.isArray(participants) && participants.length, DAEMONS);
    const results = await burst();
    assert.deepEqual(
      results.filter(({ code }) => code !== 0),
      [],
    );
    const ports = new Set(acknowledged(results).map(({ port }) => port));
    assert.equal(ports.size, CALLERS);
    assert.deepEqual(triples(await home.list()), triples(acknowledged(results)));
  });

  it('lose nothing that was answered when the leader is killed in between', async function () {
    this.timeout(120_000);
    const before = await home.status();
    assert.ok(isRecord(before.leader));
    const leader = Number(before.leader.pid);
    let answers = 0;
    const running = burst(() => (answers += 1));
    await until(() => answers >= ANSWERS_BEFORE_KILL, 'the first answers', 60_000);
    assert.ok(signal(leader, 'SIGKILL'));
    assert.ok(answers < CALLERS, 'the burst was over before the leader was killed');
    const results = await running;

    const after = await home.status();
    assert.ok(isRecord(after.leader));
    assert.equal(isRunning(leader), false);
    assert.notEqual(after.leader.pid, leader);
    assert.ok(Number(after.epoch) > Number(before.epoch));

    const answered = acknowledged(results);
    const listed = await home.list();
    const kept = triples(listed);
    assert.deepEqual(
      [...triples(answered)].filter((triple) => !kept.has(triple)),
      [],
    );
    assert.equal(new Set(listed.map(({ port }) => port)).size, listed.length);
    assert.equal(new Set(answered.map(({ port }) => port)).size, answered.length);
    // A caller whose leader was lost asks the next one, with the same request id.
    assert.deepEqual(
      results.filter(({ code }) => code !== 0),
      [],
    );
  });
});
