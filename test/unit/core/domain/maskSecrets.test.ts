import assert from 'node:assert/strict';
import fc from 'fast-check';
import { masked, maskSecrets, maskSecretsIn } from '../../../../src/core/domain/maskSecrets';

const HEX = '0123456789abcdef0123456789abcdef';
const BASE64 = 'q83vEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJo=';
const BASE64_SLASHES = 'kF3/9a+QzT7c/Lw0Yv5bR/8uHs2Jx/P1dGm4Ne6oIq=';
const BASE64URL = 'dGhpcyBpcy1h_IHNlY3JldC0x-MjM0NTY3ODkw_YWJj';

describe('masked', () => {
  it('shows both ends of a long text and nothing of a short one', () => {
    assert.equal(masked('abcdefghijklmnopqrstuvwxyz'), 'abcd***wxyz');
    assert.equal(masked('hunter2'), '***');
    assert.equal(masked(''), '***');
  });

  it('never shows more than a third', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (secret) => {
        const shown = masked(secret).replace('***', '').length;
        assert.ok(shown * 3 <= secret.length || masked(secret) === secret);
      }),
    );
  });
});

describe('secrets in a text', () => {
  const hidden: readonly (readonly [string, string])[] = [
    ['styxy run -- env API_KEY=hunter2 node x.js', 'styxy run -- env API_KEY=*** node x.js'],
    ['key=hunter2', 'key=***'],
    ['serve --token hunter2 --port 3000', 'serve --token *** --port 3000'],
    ['serve --token=hunter2 --port 3000', 'serve --token=*** --port 3000'],
    ['serve --api-key hunter2', 'serve --api-key ***'],
    ['serve -password hunter2', 'serve -password ***'],
    ["serve --client-secret 'one two'", "serve --client-secret '***'"],
    ['PASSWORD="one two" node', 'PASSWORD="***" node'],
    ['PASSWORD="one two', 'PASSWORD="***'],
    ['DB_PASSWD=a,b;c&d node', 'DB_PASSWD=*** node'],
    ['{"apiToken": "hunter2"}', '{"apiToken": "***"}'],
    ['curl -H "Authorization: Bearer hunter2" x', 'curl -H "Authorization: Bearer ***" x'],
    ['curl -H Authorization: Basic aHVudGVyMg== x', 'curl -H Authorization: Basic *** x'],
    ['curl -H authorization:hunter2', 'curl -H authorization:***'],
    ['bearer hunter2', 'bearer ***'],
    ['BEARER=hunter2', 'BEARER=***'],
    ['postgres://me:hunter2@db/shop', 'postgres://me:***@db/shop'],
    ['postgres://me:p@ss@db/shop', 'postgres://me:***@db/shop'],
    ['https://ghp_0123456789abcdef@host/x', 'https://***@host/x'],
    [`node x ${HEX}`, 'node x 0123***cdef'],
    [`node x ${HEX.toUpperCase()}`, 'node x 0123***CDEF'],
    [`/cache/${HEX}/x`, '/cache/0123***cdef/x'],
    [`node x ${BASE64}`, 'node x q83v***eJo='],
    [`node x ${BASE64_SLASHES}`, 'node x kF3/***oIq='],
    [`node x ${BASE64URL}`, 'node x dGhp***YWJj'],
    [`key=${HEX}`, 'key=0123***cdef'],
    ['npm_a8d7f6g5h4j3k2l1z0x9c8v7b6n5m4q3w2e1', 'npm_***w2e1'],
  ];
  for (const [text, expected] of hidden) {
    it(`are hidden: ${text}`, () => {
      assert.equal(maskSecrets(text), expected);
    });
  }

  const plain = [
    '',
    'styxy allocate auth --project /home/me/shop',
    'styxy run --type auth -- npm run dev -- --port 5173',
    'npm run build:keyboards',
    '/home/me/projects/2024/a-very-long-name-of-a-workspace/packages/frontend',
    'node packages/frontend/node_modules/vite/bin/startDevServer2.js',
    'src/ofShop/userList2/itemBoxes/newPage/mainApp',
    '/home/Me2/aB3/cD4/eF5/gH6/iJ7/kL8/mN9/oP0/qR1',
    'serve --no-auth --port 3000',
    'feature-with-a-name-of-very-many-words-2024-11-23',
    '550e8400-e29b-41d4-a716-446655440000',
    '/tmp/550e8400-e29b-41d4-a716-446655440000/shop',
    `sha ${HEX.slice(1)}`,
    '-'.repeat(80),
    'http://localhost:3000/me@home',
  ];
  for (const text of plain) {
    it(`are not seen where there are none: ${text.slice(0, 60) || '(empty)'}`, () => {
      assert.equal(maskSecrets(text), text);
    });
  }

  it('are not there any more, wherever they stood', () => {
    const secret = fc
      .uint8Array({ minLength: 24, maxLength: 64 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    const around = fc.stringMatching(/^[a-z ]{0,20}$/);
    const form = fc.constantFrom('--token ', 'KEY=', 'secret: ', 'Bearer ', '"', ' ', '://me:');
    fc.assert(
      fc.property(secret, around, form, around, (hex, before, name, after) => {
        const text = maskSecrets(`${before} ${name}${hex} ${after}`);
        assert.ok(!text.includes(hex.slice(4, -4)));
      }),
    );
  });

  it('are masked once', () => {
    for (const [text] of hidden) {
      assert.equal(maskSecrets(maskSecrets(text)), maskSecrets(text));
    }
  });

  it('are found in long texts in no time to speak of', () => {
    for (const part of [
      'a',
      'key',
      '-',
      ' ',
      '"',
      'key=',
      ' --token',
      '://',
      '/',
      'authorization:',
    ]) {
      maskSecrets(part.repeat(100_000 / part.length));
    }
  });
});

describe('secrets in JSON', () => {
  it('are hidden in every text and under every name of one', () => {
    assert.deepEqual(
      maskSecretsIn({
        port: 3000,
        none: null,
        yes: true,
        password: 'hunter2',
        key: 7,
        holders: [{ label: 'node --token hunter2', authToken: HEX, authorization: 'x' }],
      }),
      {
        port: 3000,
        none: null,
        yes: true,
        password: '***',
        key: 7,
        holders: [{ label: 'node --token ***', authToken: '0123***cdef', authorization: '***' }],
      },
    );
    assert.equal(maskSecretsIn(undefined), undefined);
  });
});
