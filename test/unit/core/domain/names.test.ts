import assert from 'node:assert/strict';
import {
  environmentName,
  isPort,
  isRequestId,
  isServiceName,
  isTcpPort,
  isWorkspace,
} from '../../../../src/core/domain/names';

describe('names', () => {
  const names: readonly (readonly [unknown, boolean])[] = [
    ['web', true],
    ['Web-2.api_v1', true],
    ['0', true],
    ['constructor', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['', false],
    ['.hidden', false],
    ['-flag', false],
    ['__proto__', false],
    ['../../etc/passwd', false],
    ['a b', false],
    ['a\nb', false],
    ['web\n', false],
    ['a\0', false],
    ['<script>', false],
    ['wéb', false],
    [7, false],
    [undefined, false],
  ];
  for (const [value, valid] of names) {
    it(`${valid ? 'takes' : 'refuses'} the service name ${JSON.stringify(value)}`, () => {
      assert.equal(isServiceName(value), valid);
    });
  }

  const ports: readonly (readonly [unknown, boolean])[] = [
    [1023, false],
    [1024, true],
    [65_535, true],
    [65_536, false],
    [0, false],
    [-3000, false],
    [3000.5, false],
    ['3000', false],
    ['3000abc', false],
    [NaN, false],
    [Infinity, false],
    [null, false],
    [3000n, false],
  ];
  for (const [value, valid] of ports) {
    it(`${valid ? 'takes' : 'refuses'} the port ${typeof value} ${String(value)}`, () => {
      assert.equal(isPort(value), valid);
    });
  }

  it('lets any TCP port be looked at', () => {
    assert.deepEqual([0, 1, 80, 65_535, 65_536].map(isTcpPort), [false, true, true, true, false]);
  });

  const workspaces: readonly (readonly [unknown, boolean])[] = [
    ['/', true],
    ['/home/me/my project', true],
    ['/home/me/…/ünïcode', true],
    ['C:\\Users\\me\\shop', true],
    ['c:/Users/me/shop', true],
    ['\\\\server\\share\\shop', true],
    ['/a..b/.hidden', true],
    ['/' + 'a'.repeat(4095), true],
    ['/' + 'a'.repeat(4096), false],
    ['relative/path', false],
    ['./here', false],
    ['~/shop', false],
    ['C:', false],
    ['C:shop', false],
    ['\\\\', false],
    ['', false],
    ['/a/../b', false],
    ['/a/.', false],
    ['C:\\a\\..\\b', false],
    ['/a\0b', false],
    ['/a\nb', false],
    ['/a\u001b[31m', false],
    ['/a\u0085b', false],
    [['/a'], false],
    [undefined, false],
  ];
  for (const [value, valid] of workspaces) {
    it(`${valid ? 'takes' : 'refuses'} the workspace ${JSON.stringify(value)?.slice(0, 40)}`, () => {
      assert.equal(isWorkspace(value), valid);
    });
  }

  const requestIds: readonly (readonly [unknown, boolean])[] = [
    ['3f0b0c1e-8a5e-4c43-9d7b-0a1b2c3d4e5f', true],
    ['http:7', true],
    ['', false],
    ['a'.repeat(129), false],
    ['a b', false],
    [1, false],
  ];
  for (const [value, valid] of requestIds) {
    it(`${valid ? 'takes' : 'refuses'} the request id ${JSON.stringify(value).slice(0, 40)}`, () => {
      assert.equal(isRequestId(value), valid);
    });
  }

  for (const [service, name] of [
    ['web', 'STYXY_PORT_WEB'],
    ['my-web.v2', 'STYXY_PORT_MY_WEB_V2'],
    ['a_b', 'STYXY_PORT_A_B'],
    ['42', 'STYXY_PORT_42'],
  ] as const) {
    it(`calls the variable of ${service} ${name}`, () => {
      assert.equal(environmentName(service), name);
    });
  }
});
