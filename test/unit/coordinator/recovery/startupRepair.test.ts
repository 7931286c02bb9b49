import assert from 'node:assert/strict';
import { Term } from '../../../../src/coordinator/leader/term';
import { StyxyError } from '../../../../src/core/domain/errors';
import type {
  RecoveryReport,
  RecoveryStepName,
} from '../../../../src/core/messages/recoveryReport';
import { StartupRepair } from '../../../../src/coordinator/recovery/startupRepair';
import { emptyState } from '../../../../src/core/state/state';
import { DEFAULT_RULES } from '../../core/allocation/support/rules';
import { settled } from '../../../support/world/waiting';
import { participant } from '../../core/allocation/support/engine';
import { stage, type Stage } from '../support';

const GRACE_MS = 10_000;

describe('the recovery report', () => {
  const leading: Term[] = [];
  let theStage: Stage;

  beforeEach(() => {
    theStage = stage();
  });

  afterEach(async () => {
    const leaving = Promise.all(leading.splice(0).map((each) => each.handOver()));
    await theStage.clock.advance(5000);
    await leaving;
  });

  async function begin(tools = theStage.tools): Promise<Term> {
    const start = await Term.begin(tools, theStage.candidacy);
    assert.equal(start.kind, 'leading');
    leading.push(start.term);
    return start.term;
  }

  async function report(term: Term): Promise<RecoveryReport> {
    const asked = term.answer('doctor', {}, theStage.candidacy.self);
    await settled();
    return (await asked).recovery;
  }

  async function step(term: Term, name: RecoveryStepName): Promise<string> {
    const { steps } = await report(term);
    const found = steps.find((each) => each.step === name);
    return `${found?.result}: ${found?.what}`;
  }

  async function allocate(term: Term, workspace = '/home/me/a'): Promise<void> {
    const requestId = `request${workspace.replaceAll('/', '-')}`;
    const request = { requestId, workspace, service: 'web' };
    const caller = participant('run', { kind: 'cli', folders: [workspace] });
    await term.answer('allocate', { ...request, serviceType: 'dev' }, caller);
  }

  it('has five steps, of which two wait until the windows told what they hold', async () => {
    const term = await begin();
    const { steps, attempts, epoch } = await report(term);
    assert.deepEqual(
      steps.map((each) => `${each.step} ${each.result}`),
      ['state ok', 'configuration ok', 'orphans waiting', 'singletons waiting', 'indices ok'],
    );
    assert.deepEqual([attempts, epoch], [1, 1]);
    await theStage.clock.advance(GRACE_MS);
    assert.equal(await step(term, 'orphans'), 'ok: Everything is held.');
    assert.equal(await step(term, 'singletons'), 'ok: There is one of each.');
  });

  it('says what was taken over, and from where', async () => {
    await allocate(await begin());
    const [first] = leading.splice(0);
    const leaving = first?.handOver();
    await theStage.clock.advance(5000);
    await leaving;
    const next = await begin();
    assert.match(await step(next, 'state'), /^ok: Epoch 1 was read up to commit \d+, 0 of them/);
  });

  it('says which copies were damaged, and where they lie now', async () => {
    await allocate(await begin());
    const [first] = leading.splice(0);
    const leaving = first?.handOver();
    await theStage.clock.advance(5000);
    await leaving;
    for (const [name, { file }] of theStage.disk) {
      if (file.kind === 'checkpoint' && file.copy === 'main') {
        theStage.disk.set(name, { file, text: '{"broken' });
      }
    }
    const next = await begin();
    assert.match(await step(next, 'state'), /^repaired: Epoch 1 .* 1 damaged copy was set aside/);
    const { steps } = await report(next);
    assert.deepEqual(steps[0]?.kept, ['quarantine']);
  });

  it('says that config.json has errors and what is in force', async () => {
    theStage.config.text = '{ broken';
    assert.match(
      await step(await begin(), 'configuration'),
      /^repaired: .*config\.json has errors .*; what was read before stays in force\.$/,
    );
  });

  it('ends what is of deleted folders, once', async () => {
    const { tools, clock } = theStage;
    const deleted = new Set<string>();
    const workspaces = {
      ...tools.look.workspaces,
      exists: async (folder: string) => !deleted.has(folder),
    };
    const term = await begin({ ...tools, look: { ...tools.look, workspaces } });
    await allocate(term, '/home/me/a');
    await allocate(term, '/home/me/b');
    deleted.add('/home/me/b');
    await clock.advance(GRACE_MS);
    assert.equal(
      await step(term, 'orphans'),
      'repaired: 1 allocation of deleted folders ended. Everything else is held.',
    );
    assert.equal(term.snapshot().allocations.length, 1);
  });

  it('repairs nothing where it is switched off', async () => {
    theStage.config.text = '{ "recovery": { "system_recovery": { "enabled": false } } }';
    const term = await begin();
    assert.match(await step(term, 'orphans'), /^off: /);
    await theStage.clock.advance(2 * GRACE_MS);
    assert.match(await step(term, 'orphans'), /^off: /);
  });

  it('says why it could not, and tries again as often as it may', async () => {
    theStage.config.text = '{ "recovery": { "system_recovery": { "max_recovery_attempts": 2 } } }';
    const { tools, clock } = theStage;
    const listeners = {
      ...tools.look.listeners,
      ports: () => Promise.reject(new StyxyError('internal', 'No table.', { retryable: true })),
    };
    const term = await begin({ ...tools, look: { ...tools.look, listeners } });
    await clock.advance(GRACE_MS);
    assert.equal(await step(term, 'orphans'), 'failed: No table.');
    assert.equal((await report(term)).attempts, 2);
    await clock.advance(10 * GRACE_MS);
    assert.equal((await report(term)).attempts, 2);
    await allocate(term);
    assert.equal(term.snapshot().allocations.length, 1, 'it goes on serving');
  });

  it('takes a folder that cannot be looked at for one that is there', async () => {
    const { tools, clock } = theStage;
    const exists = (): Promise<boolean> => Promise.reject(new Error('EIO'));
    const workspaces = { ...tools.look.workspaces, exists };
    const term = await begin({ ...tools, look: { ...tools.look, workspaces } });
    await allocate(term);
    await clock.advance(GRACE_MS);
    assert.equal(await step(term, 'orphans'), 'ok: Everything is held.');
  });
});

describe('repairs that fail again and again', () => {
  it('leave look-ups only, and it is said why', async () => {
    const { clock, tools } = stage();
    const refusals: StyxyError[] = [];
    const recovery = new StartupRepair({
      clock,
      log: tools.log,
      leader: {
        state: emptyState(),
        decideAndRecord: () => Promise.reject(new Error('A contradiction.')),
        refuse: (error) => refusals.push(error),
      },
      listeners: tools.look.listeners,
      graceMs: GRACE_MS,
      rules: () => DEFAULT_RULES,
      epoch: () => 1,
      attend: async () => undefined,
      deleted: async () => new Set(),
    });
    recovery.start();
    await clock.advance(2 * GRACE_MS);
    assert.deepEqual(refusals, []);
    await clock.advance(10 * GRACE_MS);
    assert.deepEqual(
      refusals.map(({ code }) => code),
      ['storage_corrupt'],
    );
    assert.match(String(refusals[0]), /failed 3 times \(.*A contradiction.*look-ups go on/);
    assert.equal(recovery.report.attempts, 3);
  });
});
