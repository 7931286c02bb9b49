import assert from 'node:assert/strict';
import type { WorkbenchWindow } from '../support/workbench';
import { allocate, portIn, serve } from './support/actions';
import { Stage } from './support/stage';

describe('a terminal of the editor', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  let api: number;

  before(async () => {
    stage = await Stage.start();
    web = await stage.open('web');
    api = portIn((await allocate(web, 'api', 'my-api')).message);
    await web.closeNotifications();
    await web.waitForStatusBar('styxy.ports', `my-api ${api}`);
    await web.openTerminal();
  });

  after(() => stage?.dispose());

  afterEach(function () {
    return stage.keepPictures(this.currentTest);
  });

  it('has the ports of its folder in variables', async () => {
    await web.typeInTerminal('echo "it is $STYXY_PORT_MY_API"');
    await web.waitForTerminal(`it is ${api}`);
  });

  it('has styxy, which knows what the window knows', async () => {
    await web.typeInTerminal('styxy list');
    const text = await web.waitForTerminal(new RegExp(`${api} +my-api +api +reserved`));
    assert.match(text, /PORT +SERVICE +TYPE +STATE/);
    await web.typeInTerminal('styxy port docs');
    const docs = Number(/^(4\d\d\d)$/m.exec(await web.waitForTerminal(/^4\d\d\d$/m))?.[1]);
    assert.equal((await stage.allocation('web', 'docs')).port, docs);
    await web.waitForStatusBar('styxy.ports', `docs ${docs} · my-api ${api}`);
  });

  it('shows what a task of the window started', async () => {
    const port = await serve(web);
    await web.openTerminal();
    await web.typeInTerminal('styxy list');
    await web.waitForTerminal(new RegExp(`${port} +dev +dev +listening .*node server\\.js`));
  });

  it('starts no server again that ended, when another service gets a port', async () => {
    const { process: server } = await stage.allocation('web', 'dev');
    assert.ok(server?.pid !== undefined);
    process.kill(server.pid);
    await web.openView('Styxy');
    await web.waitForRow(/^dev \d+ · down/);
    await allocate(web, 'ui', 'ui');
    await web.clearNotifications();
    // The editor looks once a second whether terminals must be started again.
    await web.openTerminal();
    await web.typeInTerminal('sleep 2; echo "waited $((1 + 1)) s"');
    await web.waitForTerminal('waited 2 s');
    assert.equal((await stage.allocation('web', 'dev')).state, 'down');
  });
});
