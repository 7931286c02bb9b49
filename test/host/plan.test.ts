import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  answerDialogs,
  answerInput,
  folder,
  gone,
  listen,
  port,
  releaseAll,
  remove,
  shown,
  styxy,
  until,
  writeFile,
} from './support';

const PLAN = 'styxy.json';

/** What is said while a test runs, and the button that is pressed under each. */
class Dialogs {
  readonly messages: string[] = [];
  readonly press = new Set<string>();
  readonly restore = answerDialogs((message, choices) => {
    this.messages.push(message);
    return choices.find((choice) => this.press.has(choice));
  });

  said(pattern: RegExp): Promise<string> {
    return until(`a message like ${pattern}`, () => this.messages.find((it) => pattern.test(it)));
  }
}

/** A server on a port that the system chose. */
async function listenAnywhere(): Promise<{ server: Server; on: number }> {
  const server = await listen(0);
  return { server, on: (server.address() as AddressInfo).port };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function writePlan(plan: object): Promise<vscode.Uri> {
  return writeFile(PLAN, JSON.stringify(plan, undefined, 2));
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(join(folder().uri.fsPath, path), 'utf8').catch(() => undefined);
}

function problems(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Styxy');
}

describe('the plan of a folder', () => {
  let dialogs: Dialogs;

  beforeEach(() => {
    dialogs = new Dialogs();
  });

  afterEach(async () => {
    dialogs.restore();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await releaseAll();
    await Promise.all([PLAN, '.env.local', 'package.json'].map((path) => remove(path)));
  });

  it('is allocated when it appears, and its services are variables', async () => {
    const { server, on } = await listenAnywhere();
    await close(server);
    await writePlan({ services: { store: { type: 'database', port: on } } });
    const { port: allocated, serviceType, planned } = await shown('store');
    assert.equal(allocated, on);
    assert.equal(serviceType, 'database');
    assert.deepEqual(planned, { port: on });
    const api = await styxy();
    await until('the variable', () => api.variables.includes('store'));
    assert.equal(await vscode.commands.executeCommand('styxy.port.store'), String(on));
    assert.equal(await port('store'), String(on));
    assert.deepEqual(dialogs.messages, []);
  });

  it('is allocated again when it changes, and what left it is offered for release', async () => {
    await writePlan({ services: { left: { type: 'dev' } } });
    await shown('left');
    dialogs.press.add('Release');
    await writePlan({ services: { came: { type: 'api' } } });
    await shown('came');
    await gone('left');
    const messages = dialogs.messages.filter((it) => /left the plan/.test(it));
    assert.equal(messages.length, 1);
    assert.match(messages[0] ?? '', /^left left the plan of .* Release \d+\?$/);
  });

  it('keeps what left it if the user wants that', async () => {
    await writePlan({ services: { stays: { type: 'dev' } } });
    await shown('stays');
    dialogs.press.add('Keep');
    await writePlan({ services: { joins: { type: 'api' } } });
    await dialogs.said(/stays left the plan/);
    await shown('joins');
    await shown('stays');
  });

  it('says who has a port that it must have, and grants the rest', async () => {
    const { server, on } = await listenAnywhere();
    try {
      await writePlan({
        services: { strict: { type: 'dev', port: on, exact: true }, easy: { type: 'dev' } },
      });
      const message = await dialogs.said(/no port for strict/);
      assert.match(message, new RegExp(String(on)));
      await shown('easy');
      const api = await styxy();
      assert.ok(api.snapshot?.allocations.every(({ service }) => service !== 'strict'));
    } finally {
      await close(server);
    }
  });

  it('renders its files after asking', async () => {
    dialogs.press.add('Write');
    await writePlan({
      services: { site: { type: 'dev' } },
      files: { '.env.local': { SITE_PORT: '${site}' } },
    });
    const { port: allocated, id } = await shown('site');
    const text = await until('the file', () => textOf('.env.local'));
    assert.match(text, new RegExp(`^SITE_PORT=${allocated}$`, 'm'));
    assert.equal(dialogs.messages.filter((it) => /\.env\.local/.test(it)).length, 1);

    const { server, on } = await listenAnywhere();
    await close(server);
    const restore = answerInput(String(on));
    await vscode.commands.executeCommand('styxy.movePort', { id });
    restore();
    await until('the file with the new port', async () =>
      (await textOf('.env.local'))?.includes(`SITE_PORT=${on}\n`),
    );
  });

  it('is not followed in a window that is not trusted', async () => {
    const original = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted');
    assert.ok(original?.configurable);
    Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => false });
    try {
      await writePlan({ services: { unsafe: { type: 'dev' } }, files: { '.env.local': {} } });
      const api = await styxy();
      // The plan was read when its variable is there.
      await until('the reading of the plan', () => api.variables.includes('unsafe'));
      await vscode.commands.executeCommand('styxy.allocatePlan');
      await dialogs.said(/not trusted/);
      assert.deepEqual(api.snapshot?.allocations, []);
    } finally {
      Object.defineProperty(vscode.workspace, 'isTrusted', original);
    }
  });

  it('is allocated on demand as a whole, with a word about the result', async () => {
    const configuration = vscode.workspace.getConfiguration('styxy', folder());
    const { Global } = vscode.ConfigurationTarget;
    await configuration.update('plan.allocateOnOpen', false, Global);
    try {
      await writePlan({ services: { first: { type: 'dev' }, second: { type: 'api' } } });
      await vscode.commands.executeCommand('styxy.allocatePlan');
      const [first, second] = [await shown('first'), await shown('second')];
      const message = await dialogs.said(/is allocated/);
      assert.match(message, new RegExp(`first ${first.port}, second ${second.port}\\.`));
    } finally {
      await configuration.update('plan.allocateOnOpen', undefined, Global);
    }
  });

  it('is offered where there is none, and made of what the folder contains', async () => {
    await vscode.commands.executeCommand('styxy.allocatePlan');
    await dialogs.said(/has no styxy\.json/);
    await writeFile('package.json', JSON.stringify({ dependencies: { fastify: '4' } }));
    let isDone = false;
    void vscode.commands.executeCommand('styxy.createPlan').then(() => (isDone = true));
    await until('the end of the command', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isDone;
    });
    assert.match((await textOf(PLAN)) ?? '', /"api": \{ "type": "api", "env": \["PORT"\] \}/);
    const { document } = (await until('the editor', () => vscode.window.activeTextEditor)) ?? {};
    assert.equal(document.uri.path.split('/').at(-1), PLAN);
    assert.equal(document.languageId, 'jsonc');
    await vscode.commands.executeCommand('styxy.createPlan');
    await dialogs.said(/has a plan already/);
  });

  it('has its problems on their lines, in an editor and without one', async () => {
    const uri = await writeFile(PLAN, '{\n  "services": {\n    "web": { "port": 80 }\n  }\n}\n');
    const [problem] = await until('a problem', () => problems(uri).length > 0 && problems(uri));
    assert.equal(problem?.range.start.line, 2);
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(problem?.message ?? '', /Right would be/);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    const at = document.positionAt(document.getText().indexOf('80'));
    edit.replace(uri, new vscode.Range(at, at.translate(0, 2)), '8080');
    await vscode.workspace.applyEdit(edit);
    await until('no problem', () => problems(uri).length === 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
