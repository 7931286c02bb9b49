import assert from 'node:assert/strict';
import {
  changeEndsWork,
  type OpenTerminal,
  type Running,
} from '../../../../src/vscode/terminal/relaunch';

const SHELL = terminal({});
const SERVER = terminal({ shellArgs: ['-c', 'node server.js'] });

function terminal(creationOptions: object, isInteractedWith = false): OpenTerminal {
  return { creationOptions, state: { isInteractedWith } };
}

function endsWork(some: Partial<Running>): boolean {
  return changeEndsWork({ terminals: [], tasksRun: false, hasEnded: () => false, ...some });
}

describe('a change of the environment of terminals', () => {
  it('ends no work where there is none', () => {
    assert.equal(endsWork({}), false);
    assert.equal(endsWork({ terminals: [SHELL, terminal({ shellArgs: [] })] }), false);
    assert.equal(endsWork({ terminals: [terminal({ shellArgs: '' })] }), false);
  });

  it('would end a task', () => {
    assert.equal(endsWork({ tasksRun: true }), true);
    assert.equal(endsWork({ terminals: [SHELL, SERVER] }), true);
    assert.equal(endsWork({ terminals: [terminal({ shellArgs: '/c dir' })] }), true);
  });

  it('leaves alone what somebody typed into, and what has ended', () => {
    assert.equal(endsWork({ terminals: [terminal({ shellArgs: ['-l'] }, true)] }), false);
    assert.equal(endsWork({ terminals: [SERVER], hasEnded: (it) => it === SERVER }), false);
  });
});
