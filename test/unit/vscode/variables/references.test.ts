import assert from 'node:assert/strict';
import fc from 'fast-check';
import { referencedServices, replaceReferences } from '../../../../src/vscode/variables/references';

const ports = new Map([
  ['web', 3000],
  ['api', 8000],
]);

describe('port references', () => {
  it('finds every service that is named anywhere', () => {
    const configuration = {
      args: ['--port=${command:styxy.port.web}', { deep: ['${command:styxy.port.my-api.v2}'] }],
      env: { A: '${command:styxy.port.web} ${command:styxy.port.db}' },
      other: '${command:styxy.port} ${command:styxy.portly.x} ${input:styxy.port.y} ${env:HOME}',
    };
    assert.deepEqual([...referencedServices(configuration)], ['web', 'my-api.v2', 'db']);
  });

  it('makes a number of a text that is one reference, and a text of every other', () => {
    assert.deepEqual(
      replaceReferences(
        { port: '${command:styxy.port.web}', url: 'http://localhost:${command:styxy.port.api}/' },
        ports,
      ),
      { port: 3000, url: 'http://localhost:8000/' },
    );
    assert.deepEqual(
      replaceReferences(['${command:styxy.port.web}:${command:styxy.port.api}'], ports),
      ['3000:8000'],
    );
  });

  it('keeps arguments and environment variables texts', () => {
    const web = '${command:styxy.port.web}';
    assert.deepEqual(
      replaceReferences(
        {
          args: [web],
          env: { PORT: web },
          environment: [{ name: 'PORT', value: web }],
          connect: { port: web },
        },
        ports,
      ),
      {
        args: ['3000'],
        env: { PORT: '3000' },
        environment: [{ name: 'PORT', value: '3000' }],
        connect: { port: 3000 },
      },
    );
  });

  it('leaves what it does not know, and the original, as they are', () => {
    const original = {
      a: '${command:styxy.port.db}',
      b: [1, null, true, '${command:styxy.port.web}'],
    };
    const copy = structuredClone(original);
    assert.deepEqual(replaceReferences(original, ports), {
      a: '${command:styxy.port.db}',
      b: [1, null, true, '3000'],
    });
    assert.deepEqual(original, copy);
  });

  it('changes nothing without references', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(replaceReferences(value, ports), value);
      }),
    );
  });

  it('comes to an end on a value that contains itself', () => {
    const loop: Record<string, unknown> = { text: '${command:styxy.port.web}' };
    loop.self = loop;
    assert.deepEqual([...referencedServices(loop)], ['web']);
  });
});
