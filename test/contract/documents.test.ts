import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { CliEnvironment } from '../../src/cli/run/environment';
import { createProgram } from '../../src/cli/entry/cli';
import { BUILT_IN_CATALOGUE } from '../../src/core/domain/catalogue';
import { ERROR_CODES, errorGroup, EXIT_CODES } from '../../src/core/domain/errors';
import { REPOSITORY } from '../support/manifest';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Documents that name files of the repository. */
const ABOUT_THE_CODE = ['docs/architecture.md', 'docs/coordination.md', 'CONTRIBUTING.md'];

function text(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

/** Every match's first group. */
function found(pattern: RegExp, path: string): string[] {
  return [...text(path).matchAll(pattern)].map(([, group]) => group ?? '');
}

/** The headings of a document, without their marks. */
function headings(path: string): string[] {
  return found(/^#{1,6} (.+)$/gm, path);
}

/** What GitHub and the editor's preview make of a heading, for links. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** Every file below a folder, as a path of the repository. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.replaceAll('\\', '/')}`,
  );
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

  it('link to headings that are there', () => {
    for (const path of DOCUMENTS) {
      for (const [, page = '', anchor] of text(path).matchAll(/\]\(([^():#]*)#([^)]+)\)/g)) {
        const target = page === '' ? path : join(path, '..', page);
        assert.ok(
          headings(target)
            .map(anchorOf)
            .includes(anchor ?? ''),
          `${path}: ${page}#${anchor}`,
        );
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

/** A document, and a heading of it: `docs/ports.md, "Who holds"`. */
const CITATION = /(?<![\w/])((?:docs\/)?[\w-]+\.md)(?:, "([^"]+)")?/g;

/** Words that introduce a heading; without its document before it nobody finds the place. */
const INTRODUCED = /\b(?:see|order of|rules? of|states? of|chapter|section) "([^"]+)"/gi;

describe('comments that cite documents', () => {
  /** The comments of a file, each on one line. */
  function comments(path: string): string[] {
    const found = text(path).matchAll(/\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*(?:\n|$))+|[ \t]\/\/ .*$/gm);
    return [...found].map(([comment]) =>
      comment.replace(/^[ \t]*(?:\/\*\*?|\*\/?|\/\/)/gm, ' ').replace(/\s+/g, ' '),
    );
  }

  const sources = [
    '.dependency-cruiser.mjs',
    'eslint.config.mjs',
    'esbuild.config.mjs',
    ...['src', 'test', 'scripts'].flatMap(filesBelow),
  ].filter((path) => /\.[cm]?[jt]s$/.test(path));
  const all = sources.flatMap((path) => comments(path).map((comment) => ({ path, comment })));

  it('name documents and headings that are there', () => {
    let cited = 0;
    for (const { path, comment } of all) {
      for (const [citation, document = '', heading] of comment.matchAll(CITATION)) {
        assert.ok(DOCUMENTS.includes(document), `${path}: ${citation}`);
        assert.ok(
          heading === undefined || headings(document).includes(heading),
          `${path}: ${citation}`,
        );
        cited += 1;
      }
    }
    assert.ok(cited > 0);
  });

  it('name the document of a heading', () => {
    const known = new Set(DOCUMENTS.flatMap(headings).map((heading) => heading.toLowerCase()));
    for (const { path, comment } of all) {
      const left = comment.replace(CITATION, '');
      const quoted = [...left.matchAll(/"([A-Z][^"]* [^"]*)"/g)].map(([, words]) => words ?? '');
      const headingsAlone = quoted.filter((words) => known.has(words.toLowerCase()));
      const introduced = [...left.matchAll(INTRODUCED)].map(([, words]) => words);
      const notes = [...left.matchAll(/`[\w./-]+` notes\b/g)].map(([words]) => words);
      assert.deepEqual([...headingsAlone, ...introduced, ...notes], [], `${path}: ${comment}`);
    }
  });
});

describe('documents about the code', () => {
  const files = ['src', 'test', 'scripts'].flatMap(filesBelow);

  /** A whole path, or the name of a file that lies beside the path named before it. */
  function isThere(path: string, folder: string | undefined): boolean {
    return (
      existsSync(join(REPOSITORY, folder ?? '', path)) ||
      (folder === undefined && files.some((file) => file.endsWith(`/${path}`)))
    );
  }

  it('name files and folders that are there', () => {
    const PATH = /`([^`\s]+)`|(?<![\w/])((?:src|test|scripts|docs)\/[\w./-]*[\w/])/g;
    const missing: string[] = [];
    for (const document of ABOUT_THE_CODE) {
      // Paragraphs, rows and list items; and the lines of a tree.
      for (const part of text(document).split(/\n(?=\n|\||\d+\. |- |src\/)/)) {
        let folder: string | undefined;
        for (const [, quoted, path = quoted ?? ''] of part.matchAll(PATH)) {
          const isWhole = /^(src|test|scripts|docs)(\/|$)/.test(path);
          const isFile = /^[\w.-]+\.[cm]?[jt]s$/.test(path);
          if ((isWhole || isFile) && !isThere(path, isWhole ? undefined : folder)) {
            missing.push(`${document}: ${isWhole ? '' : (folder ?? '')} ${path}`);
          }
          folder = isWhole ? dirname(path) : folder;
        }
      }
    }
    assert.deepEqual(missing, []);
  });

  it('name what stands in a file', () => {
    const named = text('docs/architecture.md').matchAll(/`(\w+)` in `(src\/[\w./]+)`/g);
    const places = [...named].map(([, name = '', path = '']) => ({ name, path }));
    assert.ok(places.length > 0);
    for (const { name, path } of places) {
      assert.match(text(path), new RegExp(`\\b${name}\\b`), path);
    }
  });
});

describe('the folders of docs/architecture.md', () => {
  const LAYER = /^### ([a-z]+)\n([^#]*)/gm;
  const layers = [...text('docs/architecture.md').matchAll(LAYER)].map(([, name = '', table]) => ({
    name,
    rows: [...(table ?? '').matchAll(/^\| (\d+) +\| `([a-zA-Z]+)` +\| .*\S.* \|$/gm)].map(
      ([, floor, folder = '']) => ({ floor: Number(floor), folder }),
    ),
  }));

  it('are those of src, each with its subject', () => {
    const folders = (path: string): string[] =>
      readdirSync(join(REPOSITORY, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort();
    assert.deepEqual(layers.map(({ name }) => name).sort(), folders('src'));
    for (const { name, rows } of layers) {
      assert.deepEqual(rows.map(({ folder }) => folder).sort(), folders(`src/${name}`), name);
    }
  });

  it('stand on the floors that lint enforces', async () => {
    const table = pathToFileURL(join(REPOSITORY, '.dependency-cruiser.mjs')).href;
    const { LAYERS } = (await import(table)) as {
      readonly LAYERS: Readonly<Record<string, { readonly floors: readonly string[][] }>>;
    };
    const documented = layers.map(({ name, rows }) => {
      const floors: string[][] = [];
      for (const { floor, folder } of rows) {
        (floors[floor - 1] ??= []).push(folder);
      }
      return [name, floors];
    });
    assert.deepEqual(
      documented,
      Object.entries(LAYERS)
        .map(([name, { floors }]) => [name, floors] as const)
        // A layer that is to come has no floors yet.
        .filter(([, floors]) => floors.length > 0),
    );
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
