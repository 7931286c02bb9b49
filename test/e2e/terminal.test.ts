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
});
