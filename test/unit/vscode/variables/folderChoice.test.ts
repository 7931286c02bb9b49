import assert from 'node:assert/strict';
import type { FolderName } from '../../../../src/vscode/text/folderName';
import { chooseFolder, type FolderQuestion } from '../../../../src/vscode/variables/folderChoice';

const one: FolderName = { name: 'one', path: '/links/one', workspace: '/disk/one' };
const two: FolderName = { name: 'two', path: '/disk/two', workspace: '/disk/two' };
const deep: FolderName = { name: 'two', path: '/disk/one/two', workspace: '/disk/one/two' };

function choose(question: Partial<FolderQuestion<FolderName>>): string {
  const choice = chooseFolder({ folders: [one, two], plans: () => false, ...question });
  return choice.kind === 'chosen' ? choice.folder.workspace : choice.kind;
}

describe('chooseFolder', () => {
  it('needs a folder', () => {
    assert.equal(choose({ folders: [] }), 'no-folder');
    assert.equal(choose({ folders: [], named: 'one' }), 'no-folder');
  });

  it('takes the only folder, whatever else was passed', () => {
    assert.equal(choose({ folders: [two], passed: ['3000', '/elsewhere', 7] }), '/disk/two');
  });

  it('takes the last of the paths that equal a folder, among values in any order', () => {
    assert.equal(choose({ passed: [['${command:x}', '/disk/two', '3000']] }), '/disk/two');
    assert.equal(choose({ passed: ['/disk/two', '/disk/one'] }), '/disk/one');
    assert.equal(choose({ passed: ['/disk/one', '/disk/two'] }), '/disk/two');
    assert.equal(choose({ passed: ['/disk/two', '/elsewhere', '3001'] }), '/disk/two');
  });

  it('knows a folder by the path that the editor writes and by the canonical one', () => {
    assert.equal(choose({ passed: ['/links/one'] }), '/disk/one');
    assert.equal(choose({ passed: ['/disk/one/'] }), '/disk/one');
  });

  it('takes no path inside a folder for the folder', () => {
    assert.equal(choose({ passed: ['/disk/two/src'] }), 'ambiguous');
    assert.equal(choose({ folders: [one, deep], passed: ['/disk/one/two'] }), '/disk/one/two');
  });

  it('takes the only folder that plans the service, and no guess among several', () => {
    assert.equal(choose({ plans: ({ name }) => name === 'two' }), '/disk/two');
    assert.equal(choose({ plans: () => true }), 'ambiguous');
    assert.equal(choose({}), 'ambiguous');
  });

  it('lets a path that was passed win over a plan', () => {
    assert.equal(
      choose({ passed: ['/disk/one'], plans: ({ name }) => name === 'two' }),
      '/disk/one',
    );
  });

  it('lets a name win over everything', () => {
    assert.equal(choose({ named: 'two', passed: ['/disk/one'] }), '/disk/two');
    assert.equal(choose({ named: '/links/one' }), '/disk/one');
    assert.equal(choose({ named: '/disk/one/' }), '/disk/one');
    assert.equal(choose({ named: 'three' }), 'unknown-name');
    assert.equal(choose({ named: 'three', folders: [one] }), 'unknown-name');
  });

  it('does not choose between two folders of one name, which a path tells apart', () => {
    const folders = [two, deep];
    assert.equal(choose({ folders, named: 'two' }), 'two-of-that-name');
    assert.equal(choose({ folders, named: '/disk/one/two' }), '/disk/one/two');
  });
});
