import assert from 'node:assert/strict';
import { folder, releaseAll, resolveLaunch, shown } from './support';

describe('launch configurations', () => {
  afterEach(releaseAll);

  it('get a number where the whole value is the variable', async () => {
    const { port, url } = await resolveLaunch(folder(), {
      port: '${command:styxy.port.dev}',
      url: 'http://localhost:${command:styxy.port.dev}/',
    });
    const { port: allocated } = await shown('dev');
    assert.equal(port, allocated);
    assert.equal(url, `http://localhost:${allocated}/`);
  });
});
