import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Manifest } from '../support/manifest';
import { extension, folder, styxy, until } from './support';

/** The target for the part of `activate` that the editor waits for, on a machine that is idle. */
const SYNCHRONOUS_TARGET_MS = 20;

describe('activation', () => {
  it('happens by itself', async () => {
    const { activationMs } = await styxy();
    // Printed, not asserted: what else the machine does decides it.
    console.log(
      `      activate() took ${activationMs.toFixed(1)} ms (target ${SYNCHRONOUS_TARGET_MS})`,
    );
    assert.ok(extension().isActive);
  });

  it('finds a leader: this window, which is alone', async () => {
    const api = await styxy();
    const ms = await until('the first snapshot', () => api.firstSnapshotMs);
    console.log(`      first snapshot after ${ms.toFixed(0)} ms`);
    assert.equal(api.role.kind, 'leader');
    assert.equal(api.snapshot?.leader.kind, 'window');
    assert.equal(api.snapshot?.leader.pid, process.pid);
  });

  it('takes part under the canonical name of its folder', async () => {
    const api = await styxy();
    const [participant] = api.snapshot?.participants ?? [];
    assert.deepEqual(participant?.folders, [realpathSync(folder().uri.fsPath)]);
    assert.equal(participant?.label, folder().name);
  });

  it('registers every command of the manifest', async () => {
    await styxy();
    const registered = new Set(await vscode.commands.getCommands());
    const { contributes } = extension().packageJSON as Manifest;
    for (const { command } of contributes.commands) {
      assert.ok(registered.has(command), command);
    }
  });
});
