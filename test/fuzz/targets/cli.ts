import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EXIT_CODES, isRecord } from '../../../src/core/domain/errors';
import { FakeWorld, HERE, view } from '../../unit/cli/support/fakes';
import { hostileText } from '../hostile';
import { pureTarget } from '../target';
import { mutatedText } from '../textMutations';

/** Command lines that mean something. */
const LINES = [
  'allocate -s dev -n web -p 3000 --exact --project /home/me/shop',
  'allocate web --template feature --json',
  'port web -s dev --json',
  'release web --everyone --yes',
  'release 3000 -y',
  'move web 3001 --yes',
  'list -l --json',
  'inspect 3000 --json',
  'instances',
  'audit -p 3000 --workspace /home/me/shop -s dev --what granted --since 2h --limit 10',
  'audit --since 2026-01-31T12:00:00Z --json',
  'doctor --json',
  'recovery',
  'plan --check --json',
  'plan --write --template feature',
  'config show --json',
  'config validate styxy.json',
  'config path',
  'config instances list',
  'config auto-allocation status',
  'config auto-allocation undo grpc',
  'daemon status --json',
  'daemon stop --pid 41 --all',
  '--version',
  '--help',
].map((line) => line.split(' '));

const WORDS = [...new Set(LINES.flat())];

type Change =
  | { readonly kind: 'replace' | 'insert'; readonly at: number; readonly word: string }
  | { readonly kind: 'remove'; readonly at: number };

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 3, arbitrary: hostileText },
  { weight: 1, arbitrary: hostileText.map((text) => `--port=${text}`) },
);

const change = fc.oneof(
  fc.record({ kind: fc.constantFrom('replace', 'insert'), at: fc.nat({ max: 12 }), word }),
  fc.record({ kind: fc.constant('remove'), at: fc.nat({ max: 12 }) }),
) as fc.Arbitrary<Change>;

function changed(args: readonly string[], { at, ...rest }: Change): readonly string[] {
  const index = at % (args.length + 1);
  const words = 'word' in rest ? [rest.word] : [];
  return args.toSpliced(index, rest.kind === 'insert' ? 0 : 1, ...words);
}

const PLAN = '{ "services": { "web": { "type": "dev" } }, "files": { ".env": { "P": "${web}" } } }';

const inputs = fc.record({
  args: fc
    .tuple(fc.constantFrom(...LINES), fc.array(change, { maxLength: 3 }))
    .map(([line, changes]) => changes.reduce(changed, line)),
  plan: mutatedText([PLAN]),
  configuration: mutatedText(['{ "service_types": { "web": { "port_range": [5173, 5199] } } }']),
  agrees: fc.boolean(),
});

const CODES: readonly number[] = [0, ...Object.values(EXIT_CODES)];

export const commandLine = pureTarget({
  name: 'command lines',
  runs: 400,
  inputs,
  holds: async ({ args, plan, configuration, agrees }) => {
    const world = new FakeWorld({ agrees, interactive: agrees });
    world.coordinator.allocations = [view()];
    world.plans.set(HERE, plan);
    world.configurations.set(`${HERE}/styxy.json`, configuration);
    // `daemon start --foreground` stays until then.
    world.cancel.abort();
    const code = await world.run(...args);
    assert.ok(CODES.includes(code), `exit code ${code}`);
    assert.notEqual(code, EXIT_CODES.internal, world.stderr.join('\n') + world.stdout.join('\n'));
    // Nothing that was given may steer the terminal.
    assert.doesNotMatch(world.stderr.join(''), /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/);
    if (isJsonWanted(args)) {
      const printed: unknown = world.json();
      assert.ok(isRecord(printed) || Array.isArray(printed));
    }
  },
});

/** Version and help are texts for people also then. */
function isJsonWanted(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = args.slice(0, end < 0 ? args.length : end);
  return options.includes('--json') && !options.some((arg) => /^(?:-V|--v|-h|--h|help)/.test(arg));
}
