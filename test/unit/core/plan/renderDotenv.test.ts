import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignment, keyOf, renderFile, valuesOf } from '../../../../src/core/plan/renderDotenv';
import { planOf } from './plans';

const BEGIN = '# >>> styxy: written by Styxy, change styxy.json instead';
const END = '# <<< styxy';

const VALUES = new Map([
  ['WEB_PORT', '5173'],
  ['API_URL', 'http://localhost:8000'],
]);
const NONE: ReadonlyMap<string, string> = new Map();

const block = (eol = '\n', lines = ['WEB_PORT=5173', 'API_URL=http://localhost:8000']) =>
  [BEGIN, ...lines, END].map((line) => line + eol).join('');

describe('renderFile', () => {
  it('begins a file with the block', () => {
    for (const before of [undefined, '']) {
      assert.deepEqual(renderFile(before, VALUES), { text: block(), shadowed: [] });
    }
  });

  it('writes nothing where there is nothing to write', () => {
    assert.equal(renderFile(undefined, NONE).text, '');
    assert.equal(renderFile('A=1', NONE).text, 'A=1');
  });

  for (const [name, before, gap] of [
    ['behind a blank line', 'A=1\n', '\n'],
    ['behind the blank line that is there', 'A=1\n \t\n', ''],
    ['behind a last line without an end', 'A=1', '\n\n'],
    ['behind blank text without an end', 'A=1\n  ', '\n'],
    ['at the end of blank lines', '\n', ''],
  ] as const) {
    it(`appends the block ${name}`, () => {
      assert.equal(renderFile(before, VALUES).text, `${before}${gap}${block()}`);
    });
  }

  it('keeps CRLF, a byte order mark, and the line ends of every other line', () => {
    assert.equal(renderFile('A=1\r\nB=2', VALUES).text, `A=1\r\nB=2\r\n\r\n${block('\r\n')}`);
    assert.equal(renderFile('\uFEFFA=1\r\n', VALUES).text, `\uFEFFA=1\r\n\r\n${block('\r\n')}`);
    assert.equal(renderFile('\uFEFF', VALUES).text, `\uFEFF${block()}`);
    assert.equal(renderFile(`\uFEFF${block()}`, NONE).text, '\uFEFF');
    const mixed = `A=1\r\nB=2\n${block()}C=3\n`;
    assert.equal(renderFile(mixed, VALUES).text, `A=1\r\nB=2\n${block('\r\n')}C=3\n`);
  });

  it('replaces its block where it stands, whatever it held and however it was called', () => {
    const old = '  # >>> styxy: another version \nGONE=1\nWEB_PORT=1\n\t# <<< styxy  \n';
    const { text, shadowed } = renderFile(`A=1\n${old}B=2\n`, VALUES);
    assert.equal(text, `A=1\n${block()}B=2\n`);
    assert.deepEqual(shadowed, []);
    assert.equal(renderFile('# >>> styxy\nGONE=1\n# <<< styxy', VALUES).text, block());
  });

  it('takes no other comment for its marker', () => {
    for (const line of ['# >>> styxyz', 'A=1 # >>> styxy: x', '# >>> conda initialize', END]) {
      const text = `${line}\nWEB_PORT=1\n`;
      assert.equal(renderFile(text, VALUES).text, `${text}\n${block()}`);
    }
  });

  it('removes its block, and nothing else, when there are no values', () => {
    assert.equal(renderFile(`A=1\n\n${block()}B=2\n`, NONE).text, 'A=1\n\nB=2\n');
    assert.equal(renderFile(block(), NONE).text, '');
  });

  it('reports keys that other lines set too, and leaves those lines alone', () => {
    const before = 'export API_URL = x\n# WEB_PORT=1\nWEB_PORTS=2\n';
    const { text, shadowed } = renderFile(before, VALUES);
    assert.equal(text, `${before}\n${block()}`);
    assert.deepEqual(shadowed, ['API_URL']);
    assert.deepEqual(renderFile(`${text}WEB_PORT: 1\n`, VALUES).shadowed, ['WEB_PORT', 'API_URL']);
  });

  it('takes of a block without an end only the lines that are surely its own', () => {
    const damaged = `${BEGIN}\nAPI_URL=old\nWEB_PORT=1\nMINE=1\nAPI_URL=mine\n`;
    const { text, shadowed } = renderFile(`A=1\n${damaged}`, VALUES);
    assert.equal(text, `A=1\n${block()}MINE=1\nAPI_URL=mine\n`);
    assert.deepEqual(shadowed, ['API_URL']);
    assert.equal(
      renderFile(`${BEGIN}\nWEB_PORT=1\nWEB_PORT=2\n`, VALUES).text,
      `${block()}WEB_PORT=2\n`,
    );
    assert.equal(renderFile(`${BEGIN}\n\nWEB_PORT=1\n`, VALUES).text, `${block()}\nWEB_PORT=1\n`);
    assert.equal(renderFile(`${BEGIN}\nWEB_PORT=1\n`, NONE).text, 'WEB_PORT=1\n');
  });

  it('does not take the end of another block for that of a damaged one', () => {
    const before = `${BEGIN}\nWEB_PORT=1\nMINE=1\n${block()}B=2\n`;
    assert.equal(renderFile(before, VALUES).text, `${block()}MINE=1\nB=2\n`);
  });

  it('leaves one block of several', () => {
    assert.equal(
      renderFile(`A=1\n${block()}B=2\n${block()}C=3`, VALUES).text,
      `A=1\n${block()}B=2\nC=3`,
    );
  });

  const key = fc.constantFrom('WEB_PORT', 'API_URL', 'A', '_b1');
  const values = fc
    .array(fc.tuple(key, fc.oneof(fc.string(), fc.constantFrom('5173', 'a\nb', '\r', "'", '"$`'))))
    .map((entries) => new Map(entries));
  const piece = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.constantFrom('\n', '\r\n', '\r', '\uFEFF', ' ', 'A=1', 'WEB_PORT=2', 'export _b1=3'),
  );
  const plain = fc.array(piece).map((pieces) => pieces.join(''));
  const marked = fc
    .array(fc.oneof(piece, fc.constantFrom(`${BEGIN}\n`, `${END}\n`, `\r\n${END}\r\n`)))
    .map((pieces) => pieces.join(''));

  it('changes nothing when it renders again', () => {
    fc.assert(
      fc.property(fc.oneof(plain, marked), values, (before, wanted) => {
        const once = renderFile(before, wanted);
        assert.deepEqual(renderFile(once.text, wanted), once);
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes no other line, whatever the text, with any values before and after', () => {
    fc.assert(
      fc.property(plain, plain, values, values, (above, below, first, second) => {
        const appended = renderFile(above, first).text;
        assert.ok(appended.startsWith(above));
        const prefix = `${above}\n`;
        const whole = `${prefix}${block()}${below}`;
        const rendered = renderFile(whole, second).text;
        assert.ok(rendered.startsWith(prefix));
        assert.ok(rendered.endsWith(below));
        const between = rendered.slice(prefix.length, rendered.length - below.length);
        const lines = between.split(/\r?\n/);
        const expected = [...second].map((entry) => assignment(...entry));
        assert.deepEqual(lines, second.size === 0 ? [''] : [BEGIN, ...expected, END, '']);
        if (second.size > 0) {
          assert.equal(renderFile(rendered, first).text, renderFile(whole, first).text);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('assignment', () => {
  for (const [value, written] of [
    ['5173', '5173'],
    ['', ''],
    ['http://localhost:8000/a.b?', "'http://localhost:8000/a.b?'"],
    ['http://user@host:1/%20', 'http://user@host:1/%20'],
    ['two words', "'two words'"],
    ['a#b', "'a#b'"],
    ['a"b', `'a"b'`],
    ['$HOME `id` \\', "'$HOME `id` \\'"],
    ["it's", '"it\'s"'],
    ['a\nb\r\nc', '"a\\nb\\r\\nc"'],
    ['a\rb', '"a\\rb"'],
    [`'"$\`\\`, '"\'\\"\\$\\`\\\\"'],
    ['ü', "'ü'"],
  ] as const) {
    it(`writes ${JSON.stringify(value)} as ${written}`, () => {
      assert.equal(assignment('KEY', value), `KEY=${written}`);
      assert.equal(keyOf(assignment('KEY', value)), 'KEY');
    });
  }
});

describe('valuesOf', () => {
  const plan = planOf({
    services: { web: {}, api: {}, db: {} },
    files: {
      '.env': {
        URL: 'http://${api}:${web}/${api}',
        WEB: '${web}',
        MODE: '$dev',
        BOTH: '${db}${api}',
      },
    },
  });

  it('puts ports where services are named', () => {
    const ports = new Map([
      ['web', 3000],
      ['api', 8000],
      ['db', 5432],
    ]);
    const { values, omitted } = valuesOf(plan, '.env', ports);
    assert.deepEqual(Object.fromEntries(values), {
      URL: 'http://8000:3000/8000',
      WEB: '3000',
      MODE: '$dev',
      BOTH: '54328000',
    });
    assert.equal(omitted.size, 0);
  });

  it('leaves keys out whose services have no port, and says which', () => {
    const { values, omitted } = valuesOf(plan, '.env', new Map([['web', 3000]]));
    assert.deepEqual(Object.fromEntries(values), { WEB: '3000', MODE: '$dev' });
    assert.deepEqual(Object.fromEntries(omitted), { URL: ['api'], BOTH: ['db', 'api'] });
  });

  it('has nothing for a file that the plan does not render', () => {
    assert.equal(valuesOf(plan, '.env.local', new Map()).values.size, 0);
  });
});
