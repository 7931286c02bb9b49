import assert from 'node:assert/strict';
import { PlanDecisions } from '../../../../src/vscode/plan/planDecisions';
import { SHOP, memoryOf } from './support';

const { workspace } = SHOP;

describe('PlanDecisions', () => {
  it('keeps a text once, over windows, and the last 200', () => {
    const memory = memoryOf();
    for (let id = 0; id <= 200; id += 1) {
      new PlanDecisions(memory).add('plan.kept', String(id));
      new PlanDecisions(memory).add('plan.kept', String(id));
    }
    const kept = new PlanDecisions(memory);
    assert.deepEqual(
      ['0', '1', '200'].map((id) => kept.has('plan.kept', id)),
      [false, true, true],
    );
    assert.ok(!kept.has('plan.offered', '1'));
  });

  it('bears a memory of any shape', () => {
    assert.ok(!new PlanDecisions(memoryOf({ 'plan.kept': { a: 1 } })).has('plan.kept', 'a'));
    assert.ok(new PlanDecisions(memoryOf({ 'plan.kept': [1, 'a'] })).has('plan.kept', 'a'));
  });

  it('knows in one window what was asked or said there', () => {
    const memory = memoryOf();
    const decisions = new PlanDecisions(memory);
    assert.deepEqual([decisions.isFirst('a'), decisions.isFirst('a')], [true, false]);
    assert.ok(decisions.isFirst('b'));
    assert.ok(new PlanDecisions(memory).isFirst('a'));
  });
});

describe('what was answered about files', () => {
  it('is for a folder and its list of paths; "never" is for all', async () => {
    const memory = memoryOf();
    await new PlanDecisions(memory).remember(workspace, ['.env', 'api/.env'], 'write');
    const consent = new PlanDecisions(memory);
    assert.equal(consent.answerOf(workspace, ['.env']), 'write');
    assert.equal(consent.answerOf(workspace, ['.env', '.env.local']), undefined);
    assert.equal(consent.answerOf('/home/me/docs', ['.env']), undefined);
    await consent.remember(workspace, ['.env'], 'never');
    assert.equal(consent.answerOf(workspace, ['.env.local']), 'never');
  });

  it('bears a memory of any shape', () => {
    for (const kept of ['x', [], { [workspace]: 7 }, { [workspace]: 'write' }]) {
      const consent = new PlanDecisions(memoryOf({ 'plan.files': kept }));
      assert.equal(consent.answerOf(workspace, ['.env']), undefined);
    }
  });
});
