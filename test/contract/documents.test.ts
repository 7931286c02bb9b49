import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CliEnvironment } from '../../src/cli/run/environment';
import { createProgram } from '../../src/cli/entry/program';
import { BUILT_IN_CATALOGUE } from '../../src/core/domain/catalogue';
import { ERROR_CODES, errorGroup, EXIT_CODES } from '../../src/core/domain/errors';
import { REPOSITORY } from '../support/manifest';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/cli.md',
  'docs/configuration.md',
  'docs/coordination.md',
  'docs/plan.md',
];

function text(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

/** Every match's first group. */
function found(pattern: RegExp, path: string): string[] {
  return [...text(path).matchAll(pattern)].map(([, group]) => group ?? '');
}

interface Package {
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: { readonly configuration: unknown };
}

const manifest = JSON.parse(text('package.json')) as Package;

/** `daemon start` and the like, without groups. */
function commandNames(command: Command, before: readonly string[] = []): string[] {
  return command.commands.flatMap((each) => {
    const names = [...before, each.name()];
    return each.commands.length === 0 ? [names.join(' ')] : commandNames(each, names);
  });
}

const program = createProgram({
  environment: { version: '0.0.0' } as CliEnvironment,
  args: [],
  print: () => undefined,
  printHelp: () => undefined,
});

describe('the command line reference', () => {
  const [, chapter = ''] = /## Commands\n(.*?)\n#/s.exec(text('docs/cli.md')) ?? [];
  const rows = [...chapter.matchAll(/^\| `([a-z]+(?: [a-z]+(?:-[a-z]+)*)*)[ `]/gm)];
  const documented = rows.map(([, name]) => name);

  it('has every command, and no other', () => {
    assert.deepEqual(documented.sort(), commandNames(program).sort());
  });

  it('has every option of every command', () => {
    const reference = text('docs/cli.md');
    const options = (command: Command): string[] => [
      ...command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? ''),
      ...command.commands.flatMap(options),
    ];
    for (const option of options(program)) {
      const short = { '--type': '-s', '--name': '-n', '--port': '-p' }[option] ?? option;
      assert.ok(option === '--version' || reference.includes(short), option);
    }
  });

  it('has every error code in the row of its exit code', () => {
    const rows = text('docs/cli.md').split('\n');
    for (const code of ERROR_CODES) {
      const row = rows.find((line) => line.startsWith('|') && line.includes(`\`${code}\``));
      const exit = EXIT_CODES[errorGroup(code)];
      assert.match(row ?? '', new RegExp(`^\\| ${exit} `), code);
    }
  });
});

describe('the README', () => {
  it('has every setting with its default, and no other', () => {
    const properties = JSON.stringify(manifest.contributes.configuration);
    const settings = [...properties.matchAll(/"(styxy\.[A-Za-z.]+)":\{/g)].map(([, key]) => key);
    const documented = found(/^\| `(styxy\.[A-Za-z.]+)`/gm, 'README.md');
    assert.deepEqual(documented.sort(), settings.sort());
  });

  it('has the range of every service type', () => {
    for (const { name, range } of BUILT_IN_CATALOGUE.values()) {
      const cells = new RegExp(`\\| ${name} +\\| ${range.first}-${range.last} +\\|`);
      assert.match(text('README.md'), cells);
    }
  });
});

describe('all documents', () => {
  it('link to what is there', () => {
    for (const path of DOCUMENTS) {
      for (const target of found(/\]\((?!https?:|#)([^)#]+)/g, path)) {
        assert.ok(existsSync(join(REPOSITORY, path, '..', target)), `${path}: ${target}`);
      }
    }
  });

  it('name scripts that exist', () => {
    // The README's own examples run scripts of its readers' projects.
    for (const path of DOCUMENTS.filter((each) => each !== 'README.md')) {
      for (const script of found(/npm run ([a-z:0-9]+)/g, path)) {
        assert.ok(script in manifest.scripts, `${path}: npm run ${script}`);
      }
    }
  });

  it('leave no script out of CONTRIBUTING', () => {
    const documented = found(/`npm (?:run )?([a-z:0-9]+)`/g, 'CONTRIBUTING.md');
    const missing = Object.keys(manifest.scripts).filter(
      (script) => !documented.includes(script) && !['start', 'test'].includes(script),
    );
    assert.deepEqual(missing, []);
  });
});

describe('the lanes', () => {
  const runner = text('scripts/test.mjs');
  const lanes = [...runner.matchAll(/\{ name: '([a-z0-9]+)', script: '([a-z:0-9]+)'/g)];

  it('are all run by npm test, each with its script', () => {
    const names = lanes.map(([, name]) => name);
    for (const needed of ['unit', 'integration', 'faults', 'contract', 'host', 'e2e']) {
      assert.ok(names.includes(needed), needed);
    }
    for (const [, name, script] of lanes) {
      assert.ok(script !== undefined && script in manifest.scripts, name);
    }
    const scripts = lanes.map(([, , script]) => script);
    const left = Object.keys(manifest.scripts).filter((script) => script.startsWith('test:'));
    assert.deepEqual(
      left.filter((script) => !scripts.includes(script)),
      [],
    );
  });

  it('have tests, all of them', () => {
    const tested = lanes.filter(([, , script]) => script?.startsWith('test:'));
    assert.ok(tested.length >= 8, `${tested.length} lanes`);
    for (const [, name = ''] of tested) {
      const files = readdirSync(join(REPOSITORY, 'test', name), { recursive: true });
      assert.ok(
        files.some((file) => String(file).endsWith('.test.ts')),
        `test/${name} has no tests`,
      );
    }
  });
});
