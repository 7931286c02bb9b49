import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_CATALOGUE } from '../../src/core/domain/catalogue';
import { PALETTE_COMMANDS, VARIABLE_COMMAND } from '../../src/vscode/window/contributions';
import { DOTTED_PREFIX } from '../../src/vscode/variables/references';
import { REPOSITORY, manifest, nls, readJson, translated } from '../support/manifest';
import { sourcesBelow, stringLiterals } from '../support/sources';

const { contributes } = manifest;
const VARIABLES = [
  VARIABLE_COMMAND,
  ...[...BUILT_IN_CATALOGUE.keys()].map((name) => `${DOTTED_PREFIX}${name}`),
];
/** Styxy's own commands that manifest and sources may name; private ones are not contributed. */
const KNOWN = new Set<string>([...PALETTE_COMMANDS, ...VARIABLES, '_styxy.showLog']);

describe('commands of the manifest', () => {
  it('are those with a handler, and the variables', () => {
    const contributed = contributes.commands.map(({ command }) => command);
    assert.deepEqual(contributed.sort(), [...PALETTE_COMMANDS, ...VARIABLES].sort());
  });

  it('are called "Styxy: Verb Noun"', () => {
    for (const { command, title, category } of contributes.commands) {
      assert.match(command, /^styxy\.[a-z][A-Za-z.]*$/);
      assert.equal(translated(category ?? ''), 'Styxy', command);
      const words = translated(title).split(' ');
      const small = /^(in|of|the|a|to|service|variable|\(.*|.*\)|".*)$/;
      assert.ok(
        words.every((word) => /^[A-Z]/.test(word) || small.test(word)),
        translated(title),
      );
    }
  });

  it('end in "..." exactly if they ask something before they act', () => {
    const asking = contributes.commands.filter(({ title }) => translated(title).endsWith('...'));
    assert.deepEqual(
      asking.map(({ command }) => command),
      ['styxy.allocatePort', 'styxy.movePort', 'styxy.addPortVariable', 'styxy.createPlan'],
    );
  });

  it('keep variables out of the palette', () => {
    const hidden = (contributes.menus.commandPalette ?? [])
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    assert.deepEqual(hidden.sort(), [...VARIABLES].sort());
  });

  it('are all that menus, welcome texts and sources name', () => {
    const inMenus = Object.values(contributes.menus).flatMap((items) =>
      items.map(({ command }) => command),
    );
    const inTexts = Object.values(nls).flatMap((text) =>
      [...text.matchAll(/\(command:(_?styxy\.[\w.]+)/g)].map((match) => match[1] ?? ''),
    );
    for (const command of [...inMenus, ...inTexts]) {
      assert.ok(KNOWN.has(command) || command === 'styxy.workspaces.focus', command);
    }
  });
});

describe('menus of the manifest', () => {
  const rows = contributes.menus['view/item/context'] ?? [];

  it('match tokens of the context value, each of which the tree gives', () => {
    const given = stringLiterals(sourcesBelow('src/vscode'));
    for (const { when = '' } of rows) {
      assert.match(when, /^view (== styxy\.\w+|=~ \S+) && viewItem =~ /);
      for (const [, token] of when.matchAll(/\\b(\w+)\\b/g)) {
        assert.ok(given.has(token ?? ''), `${token} in: ${when}`);
      }
    }
  });

  it('show at most three actions in a row, each with an icon', () => {
    const inline = rows.filter(({ group }) => group?.startsWith('inline'));
    for (const kind of ['port', 'workspace', 'type']) {
      assert.ok(inline.filter(({ when }) => when?.includes(`\\b${kind}\\b`)).length <= 3);
    }
    for (const { command } of inline) {
      assert.ok(contributes.commands.find((it) => it.command === command)?.icon, command);
    }
  });

  it('ask only context keys that are set', () => {
    const keys = ['styxy.role', 'styxy.hasPorts', 'styxy.autoAllocation', 'styxy.hasAutoTypes'];
    const clauses = [
      ...contributes.commands.map(({ enablement }) => enablement),
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when)),
      ...contributes.viewsWelcome.map(({ when }) => when),
    ];
    for (const clause of clauses) {
      for (const [key] of (clause ?? '').replace(/view (==|=~) \S+/g, '').matchAll(/styxy\.\w+/g)) {
        assert.ok(keys.includes(key), `${key} in: ${clause}`);
      }
    }
  });
});

describe('views of the manifest', () => {
  it('sit in one container, each with a name and an icon', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      ['styxy'],
    );
    for (const { id, name, icon } of contributes.views.styxy ?? []) {
      assert.match(id, /^styxy\./);
      assert.ok(translated(name).length <= 20);
      assert.ok(statSync(join(REPOSITORY, icon)).isFile());
    }
  });

  it('welcome everyone who sees no ports', () => {
    const topics = contributes.viewsWelcome.map(({ contents }) => contents);
    assert.deepEqual(topics, [
      '%welcome.noFolder%',
      '%welcome.connecting%',
      '%welcome.unreachable%',
      '%welcome.untrusted%',
      '%welcome.empty%',
      '%welcome.connecting%',
      '%welcome.unreachable%',
    ]);
  });
});

describe('the walkthrough', () => {
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

  it('has few steps, each of which can be finished', () => {
    assert.ok(steps.length <= 5);
    const events = steps.flatMap(({ completionEvents }) => completionEvents);
    assert.equal(events.length, steps.length);
    for (const event of events) {
      const [kind, name = ''] = event.split(':');
      const views = contributes.views.styxy?.map(({ id }) => id) ?? [];
      assert.ok(kind === 'onView' ? views.includes(name) : KNOWN.has(name), event);
    }
  });

  it('has pictures that follow the theme, and says what they show', () => {
    for (const { media } of steps) {
      const svg = readFileSync(join(REPOSITORY, media.svg), 'utf8');
      assert.match(svg, /var\(--vscode-/);
      assert.doesNotMatch(svg.replace(/var\([^"]*\)/g, ''), /#[0-9a-f]{3,8}/i);
      assert.ok(translated(media.altText).length > 20);
    }
  });
});

describe('texts of the manifest', () => {
  it('are all defined and all used', () => {
    const text = readFileSync(join(REPOSITORY, 'package.json'), 'utf8');
    const used = [...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? '');
    assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
  });
});

describe('the rest of the manifest', () => {
  it('activates after the start, or when a debugger needs a variable before that', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished', 'onDebugResolve']);
  });

  it('runs next to the servers, and says what it does without trust or disk', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.equal(virtualWorkspaces.supported, false);
    assert.ok(translated(untrustedWorkspaces.description).length > 20);
    assert.ok(translated(virtualWorkspaces.description).length > 20);
  });

  it('has what the Marketplace shows', () => {
    assert.ok(manifest.keywords.length <= 5);
    assert.ok(manifest.categories.length > 0);
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/i);
    const png = readFileSync(join(REPOSITORY, manifest.icon));
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [256, 256]);
    assert.ok(png.length < 20_000, `${png.length} bytes`);
  });

  it('has a 24 x 24 picture of one colour for the activity bar', () => {
    const [container] = contributes.viewsContainers.activitybar;
    const svg = readFileSync(join(REPOSITORY, container?.icon ?? ''), 'utf8');
    assert.match(svg, /width="24" height="24" viewBox="0 0 24 24"/);
    assert.equal(new Set(svg.match(/#[0-9a-f]{3,8}/gi)).size, 1);
  });

  it('points at files of the build', () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
    assert.equal(manifest.main, './dist/extension.js');
    assert.match(scripts.build ?? '', /esbuild/);
    assert.ok(statSync(join(REPOSITORY, manifest.l10n)).isDirectory());
  });
});
