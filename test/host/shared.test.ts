import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { createCoordinator } from '../../src/coordinator/wiring/createCoordinator';
import type { Coordinator } from '../../src/core/messages/coordinator';
import {
  answerDialogs,
  folder,
  port,
  releaseAll,
  requireEnv,
  said,
  shown,
  styxy,
  until,
} from './support';

const nothing = (): void => undefined;

describe('a port that another participant shares', () => {
  let other: Coordinator;
  let docs: string;

  before(async () => {
    docs = await mkdtemp(join(await realpath(tmpdir()), 'styxy-docs-'));
    other = createCoordinator({
      kind: 'cli',
      label: 'docs',
      folders: [docs],
      product: 'test',
      version: '0.0.0',
      home: requireEnv('STYXY_HOME'),
      leader: { kind: 'inline' },
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    });
  });

  afterEach(async () => {
    for (const { id } of (await other.list()).allocations) {
      await other.release({ target: { id }, workspaces: [docs], everyone: true });
    }
    await releaseAll();
  });

  after(async () => {
    await other.close();
    await rm(docs, { recursive: true, force: true });
  });

  async function share(): Promise<{ id: string; port: number }> {
    const asked = { workspace: docs, service: 'rag', serviceType: 'ai' };
    const { allocation } = await other.allocate(asked);
    assert.equal(await port('rag', { type: 'ai' }), String(allocation.port));
    return allocation;
  }

  /** The workspaces that show the service, once these and no others do. */
  async function shownIn(...names: string[]): Promise<void> {
    const api = await styxy();
    await until(`rag in ${names.join(' and ')}`, () => {
      const rows = api.rows.filter(({ ports }) => ports.some(({ view }) => view.service === 'rag'));
      return rows.map(({ name }) => name).join() === names.join();
    });
  }

  it('is in the workspace of each, and stays with the other after Release Port', async () => {
    const { id } = await share();
    await shownIn(folder().name, basename(docs));
    const api = await styxy();
    assert.match(api.statusText, /rag \d+/);
    const release = (): Thenable<unknown> =>
      vscode.commands.executeCommand('styxy.releasePort', { id });
    assert.deepEqual(await said(release), []);
    await shownIn(basename(docs));
    assert.equal(api.statusText, '$(plug) Styxy');
    assert.equal((await shown('rag')).id, id);
  });

  it('ends for all only after a question', async () => {
    const { allocation } = await other.allocate({
      workspace: docs,
      service: 'rag',
      serviceType: 'ai',
    });
    await shownIn(basename(docs));
    const release = (): Thenable<unknown> =>
      vscode.commands.executeCommand('styxy.releasePort', { id: allocation.id });
    const question = `Release port ${allocation.port} of rag for everyone?`;
    assert.deepEqual(await said(release), [question]);
    assert.equal((await shown('rag')).id, allocation.id);
    assert.deepEqual(await said(release, 'Release for Everyone'), [question]);
    await shownIn();
  });

  it('moves with one message, where this window did not ask for it', async () => {
    const { id, port: from } = await share();
    await shownIn(folder().name, basename(docs));
    const messages: string[] = [];
    const restore = answerDialogs((message) => {
      messages.push(message);
      return undefined;
    });
    try {
      await other.move({ target: { id }, workspaces: [docs], confirmed: true, port: from + 9 });
      await until('the message', () => messages.length > 0);
    } finally {
      restore();
    }
    assert.match(
      messages.join('; '),
      new RegExp(`^rag in ${folder().name} moved from ${from} to ${from + 9}: [^;]*$`),
    );
  });
});
