import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planEnvironment } from '../../../src/core/plan/environment';
import { readPlan } from '../../../src/core/plan/readPlan';
import { renderFile, valuesOf } from '../../../src/core/plan/renderDotenv';
import { invalidPlan } from '../../../src/core/domain/plan';
import { assertCoded, pureTarget } from '../target';
import { mutatedText } from '../textMutations';

const CORPUS = [
  `{
  "$schema": "./schemas/styxy.schema.json",
  // the shop
  "services": {
    "web": { "type": "dev", "port": 3000, "exact": true, "env": ["PORT", "VITE_PORT"], "health": "/" },
    "api": { "type": "api", "health": "http://localhost:8000/healthz", "protocol": "http" },
    "db": {},
  },
  "files": {
    ".env.local": { "PORT": "\${web}", "API": "http://localhost:\${api}/\${db}" },
    "packages/api/.env": { "DATABASE": "postgres://me@localhost:\${db}/shop" }
  },
  "template": "feature"
}
`,
  '{ "services": { "web": { "type": "dev" } } }',
  '\uFEFF{ "services": {} }\r\n',
  '{}',
];

export const plan = pureTarget({
  name: 'styxy.json',
  runs: 800,
  inputs: fc.record({ text: mutatedText(CORPUS), port: fc.integer({ min: 1_024, max: 65_535 }) }),
  holds: ({ text, port }) => {
    const reading = readPlan(text);
    const errors = reading.problems.filter(({ severity }) => severity === 'error');
    assert.equal(reading.kind, errors.length > 0 ? 'refused' : 'read');
    assert.ok(reading.problems.length <= 200);
    for (const { offset, length, message } of reading.problems) {
      assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length, 'out of the text');
      assert.ok(message.length < 1_000, 'a message of this length');
    }
    if (reading.kind === 'refused') {
      assertCoded(invalidPlan('/home/me/a/styxy.json', reading.problems));
      return;
    }
    const ports = new Map([...reading.plan.services.keys()].map((name, i) => [name, port + i]));
    for (const [name, value] of planEnvironment(reading.plan, ports)) {
      assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/);
      assert.match(value, /^\d+$/);
    }
    for (const path of reading.plan.files.keys()) {
      assert.ok(!path.startsWith('/') && !path.split(/[/\\]/).includes('..'), path);
      const { values, omitted } = valuesOf(reading.plan, path, ports);
      assert.equal(omitted.size, 0, 'a reference to no service');
      const rendered = renderFile(undefined, values).text;
      assert.equal(rendered.split('\n').length, values.size === 0 ? 1 : values.size + 3);
    }
  },
});
