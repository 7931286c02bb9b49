import assert from 'node:assert/strict';
import { type FileAnswer, PlanDecisions } from '../../../../src/vscode/plan/planDecisions';
import { type FilesQuestion, PlanFiles } from '../../../../src/vscode/plan/planFiles';
import { SHOP, logOf, memoryOf, planOf } from './support';

function job(port: number, ...paths: string[]) {
  const files = Object.fromEntries(paths.map((path) => [path, { PORT: '${web}' }]));
  const plan = planOf({ services: { web: {} }, files });
  return { folder: SHOP, plan, ports: new Map([['web', port]]) };
}

function stage(some: { answer?: FileAnswer; tracked?: string; trusted?: boolean } = {}) {
  const { log, lines } = logOf();
  const disk = new Map<string, string>();
  const questions: FilesQuestion[] = [];
  let ask = (): Promise<FileAnswer | undefined> => Promise.resolve(some.answer);
  const look = (path: string, values: ReadonlyMap<string, string>) => {
    if (path === 'broken') {
      return Promise.reject(new Error('It is a folder.'));
    }
    const text = JSON.stringify([...values]);
    const kind = disk.get(path) === text ? ('same' as const) : ('changed' as const);
    return Promise.resolve({ kind, path, text, shadowed: [] });
  };
  const files = new PlanFiles({
    files: {
      preview: (_workspace, path, values) => look(path, values),
      write: async (_workspace, path, values) => {
        const preview = await look(path, values);
        disk.set(path, preview.text);
        return preview;
      },
    },
    isTracked: (_workspace, path) => Promise.resolve(path === some.tracked),
    isTrusted: () => some.trusted ?? true,
    decisions: new PlanDecisions(memoryOf()),
    ask: (question) => {
      questions.push(question);
      return ask();
    },
    confirm: (question) => {
      questions.push(question);
      return Promise.resolve(some.answer === 'write');
    },
    log,
  });
  return { files, disk, questions, lines, asks: (next: typeof ask) => (ask = next) };
}

describe('PlanFiles', () => {
  it('asks once for a folder and a list of paths, then writes what changes', async () => {
    const { files, disk, questions } = stage({ answer: 'write' });
    assert.deepEqual((await files.follow(job(1, '.env'))).written, ['.env']);
    assert.deepEqual((await files.follow(job(1, '.env'))).written, []);
    assert.deepEqual((await files.follow(job(2, '.env'))).written, ['.env']);
    assert.equal(disk.get('.env'), '[["PORT","2"]]');
    assert.equal(questions.length, 1);
    await files.follow(job(2, '.env', '.env.local'));
    assert.deepEqual(questions[1], { folder: SHOP, paths: ['.env.local'], tracked: [] });
  });

  it('asks nothing when nothing changes, without files, or without trust', async () => {
    const { files, disk, questions } = stage({ answer: 'write' });
    disk.set('.env', '[["PORT","1"]]');
    await files.follow(job(1, '.env'));
    await files.follow(job(1));
    const untrusted = stage({ answer: 'write', trusted: false });
    await untrusted.files.follow(job(1, '.env'));
    assert.equal(questions.length + untrusted.questions.length, 0);
    assert.equal(untrusted.disk.size, 0);
  });

  it('takes no answer for none, and "never" for never', async () => {
    for (const some of [{}, { answer: 'never' } as const]) {
      const { files, disk, questions } = stage(some);
      await files.follow(job(1, '.env'));
      await files.follow(job(2, '.env'));
      assert.equal(questions.length, 1);
      assert.equal(disk.size, 0);
    }
  });

  it('writes a file that git tracks only when it is asked to, naming it', async () => {
    const { files, disk, questions, lines } = stage({ answer: 'write', tracked: '.env' });
    await files.follow(job(1, '.env', '.env.local'));
    await files.follow(job(1, '.env', '.env.local'));
    assert.deepEqual([...disk.keys()], ['.env.local']);
    assert.equal(lines.filter((line) => line.includes('git tracks it')).length, 1);
    const { written } = await files.render(job(1, '.env', '.env.local'));
    assert.deepEqual(written, ['.env']);
    assert.deepEqual(questions.at(-1), { folder: SHOP, paths: ['.env'], tracked: ['.env'] });
    const no = stage({ tracked: '.env' });
    assert.deepEqual((await no.files.render(job(1, '.env'))).written, []);
    assert.equal(no.disk.size, 0);
  });

  it('answers late with what is right then', async () => {
    const { files, disk, asks } = stage();
    let answer: (it: FileAnswer) => void = () => undefined;
    const asked = new Promise<void>((resolve) =>
      asks(() => {
        resolve();
        return new Promise((done) => (answer = done));
      }),
    );
    const first = files.follow(job(1, '.env', 'gone.env'));
    await asked;
    asks(() => Promise.resolve(undefined));
    await files.follow(job(2, '.env'));
    answer('write');
    assert.deepEqual((await first).written, ['.env']);
    assert.deepEqual([...disk], [['.env', '[["PORT","2"]]']]);
  });

  it('writes the others when one cannot be written', async () => {
    const { files, disk } = stage({ answer: 'write' });
    const { written, errors } = await files.follow(job(1, 'broken', '.env'));
    assert.deepEqual(written, ['.env']);
    assert.equal(errors.length, 1);
    assert.deepEqual([...disk.keys()], ['.env']);
  });
});
