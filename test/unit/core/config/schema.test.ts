import assert from 'node:assert/strict';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';
import { SECTIONS, readConfiguration } from '../../../../src/core/config/readConfiguration';
import { MANUAL, RESERVATIONS } from '../../../../src/core/config/readReservations';
import {
  AUTO_ALLOCATION,
  LISTED_RULE,
  RECOVERY,
  RULE,
  TEMPLATE,
} from '../../../../src/core/config/readSections';
import { SERVICE_TYPE } from '../../../../src/core/config/readServiceTypes';
import schema from '../../../../schemas/config.schema.json';
import { accepted } from './reading';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const SCHEMA = schema as Schema & { readonly allowComments: boolean };

function resolved(schema: Schema): Schema {
  const name = /^#\/definitions\/(\w+)$/.exec(schema.$ref ?? '')?.[1];
  return name === undefined ? schema : (SCHEMA.definitions?.[name] ?? assert.fail(name));
}

/** The schema at a place: names of properties, `*` for any name, `[]` for an element. */
function at(...steps: readonly string[]): Schema {
  return steps.reduce<Schema>((schema, step) => {
    const choices = [schema, ...(schema.anyOf ?? [])].map(resolved);
    const next = choices.map((choice) =>
      step === '*'
        ? choice.additionalProperties
        : step === '[]'
          ? choice.items
          : choice.properties?.[step],
    );
    const found = next.find((each) => typeof each === 'object');
    return typeof found === 'object' ? resolved(found) : assert.fail(`nothing at ${steps.join()}`);
  }, SCHEMA);
}

function keysOf({ properties, anyOf }: Schema): readonly string[] {
  const object = properties ?? anyOf?.find((choice) => choice.properties)?.properties;
  return Object.keys(object ?? assert.fail('no object')).sort();
}

const withoutPort = (keys: readonly string[]) => keys.filter((key) => key !== 'port');

/** Every object of the schema beside the keys that the reader knows there. */
const OBJECTS: readonly (readonly [steps: readonly string[], keys: readonly string[]])[] = [
  [[], Object.keys(SECTIONS)],
  [['service_types', '*'], Object.keys(SERVICE_TYPE)],
  [
    ['service_types', '*', 'port_range'],
    ['start', 'end'],
  ],
  [
    ['service_types', '*', 'range'],
    ['start', 'end'],
  ],
  [['service_types', '*', 'manual_allocations', '[]'], MANUAL.keys],
  [['auto_allocation'], Object.keys(AUTO_ALLOCATION)],
  [['auto_allocation_rules', '*'], Object.keys(RULE)],
  [['auto_allocation_rules', '[]'], Object.keys(LISTED_RULE)],
  [['instance_templates', '*'], Object.keys(TEMPLATE)],
  [['reservations', '[]'], RESERVATIONS.keys],
  [['reservations', '*'], withoutPort(RESERVATIONS.keys)],
  [['manual_allocations', '[]'], MANUAL.keys],
  [['manual_allocations', '*'], withoutPort(MANUAL.keys)],
  [['recovery'], Object.keys(RECOVERY)],
  [['recovery', 'port_conflict'], Object.keys(RECOVERY.port_conflict)],
  [['recovery', 'health_monitoring'], Object.keys(RECOVERY.health_monitoring)],
  [['recovery', 'system_recovery'], Object.keys(RECOVERY.system_recovery)],
];

/** A file with a value at a place of the schema, and what the reader needs around it. */
function fileWith(steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) {
    return value;
  }
  if (step === '[]') {
    return [fileWith(rest, value)];
  }
  const name = step === '*' ? 'sample-1' : step;
  return { [name]: fileWith(rest, value) };
}

/** Every place that has single values, without `anyOf`. */
const VALUES: readonly (readonly string[])[] = [
  ...Object.keys(AUTO_ALLOCATION).map((key) => ['auto_allocation', key]),
  ...Object.keys(RULE).map((key) => ['auto_allocation_rules', '*', key]),
  ['instance_templates', '*', 'offset'],
  ...Object.entries(RECOVERY).flatMap(([layer, fields]) =>
    Object.keys(fields).map((key) => ['recovery', layer, key]),
  ),
];

/** Without a word: what is out of bounds may be taken as the nearest bound, with a warning. */
function isRead(content: unknown): boolean {
  return readConfiguration(JSON.stringify(content)).problems.length === 0;
}

describe('the schema of the configuration', () => {
  it('allows comments, trailing commas and unknown keys', () => {
    assert.equal(SCHEMA.allowComments, true);
    assert.equal(JSON.stringify(SCHEMA).includes('"additionalProperties":false'), false);
    assert.equal(JSON.stringify(SCHEMA).includes('"allowTrailingCommas":true'), true);
  });

  for (const [steps, keys] of OBJECTS) {
    it(`knows the keys that the reader knows: ${steps.join('.') || 'at the top'}`, () => {
      assert.deepEqual(keysOf(at(...steps)), [...keys].sort());
    });

    it(`describes each of them: ${steps.join('.') || 'at the top'}`, () => {
      for (const key of keys) {
        assert.match(at(...steps, key).description ?? '', /^[A-Z].*\.$/, key);
      }
    });
  }

  for (const steps of VALUES) {
    it(`has the bounds of the reader: ${steps.join('.')}`, () => {
      const { type, minimum, maximum, enum: choices } = at(...steps);
      if (choices !== undefined) {
        assert.ok(choices.every((choice) => isRead(fileWith(steps, choice))));
        assert.equal(isRead(fileWith(steps, 'another')), false);
      } else if (type === 'boolean') {
        assert.equal(isRead(fileWith(steps, true)), true);
        assert.equal(isRead(fileWith(steps, 'another')), false);
      } else {
        assert.ok(minimum !== undefined && maximum !== undefined);
        // The lowest port of all is no lower end for the highest one to be below.
        const isLow = steps.at(-1) === 'max_port';
        const low = isLow
          ? { auto_allocation: { min_port: minimum, max_port: minimum } }
          : undefined;
        const isHigh = steps.at(-1) === 'min_port';
        const high = isHigh
          ? { auto_allocation: { min_port: maximum, max_port: maximum } }
          : undefined;
        assert.equal(isRead(low ?? fileWith(steps, minimum)), true);
        assert.equal(isRead(high ?? fileWith(steps, maximum)), true);
        assert.equal(isRead(fileWith(steps, minimum - 1)), false);
        assert.equal(isRead(fileWith(steps, maximum + 1)), false);
      }
    });
  }

  it('has choices of a service type that the reader takes, and no others', () => {
    for (const key of ['instance_behavior', 'protocol']) {
      const { enum: choices = [] } = at('service_types', '*', key);
      assert.equal(choices.length, 3);
      for (const choice of choices) {
        accepted({ service_types: { dev: { [key]: choice } } });
      }
    }
  });

  it('has the defaults of the reader', () => {
    const defaultsOf = (schema: Schema): unknown =>
      schema.default ??
      (schema.properties === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(schema.properties)
              .map(([key, each]) => [key, defaultsOf(resolved(each))] as const)
              .filter(([, value]) => value !== undefined),
          ));
    const content = defaultsOf(SCHEMA);
    assert.ok(Object.keys(content as object).length >= 5);
    assert.deepEqual(accepted(content), DEFAULT_CONFIGURATION);
    for (const steps of VALUES.filter(([section]) => section !== 'auto_allocation_rules')) {
      assert.notEqual(at(...steps).default, undefined, steps.join('.'));
    }
  });

  it('has examples that the reader takes without a word', () => {
    let count = 0;
    const check = (steps: readonly string[], schema: Schema) => {
      const { examples = [], properties = {}, additionalProperties, anyOf = [] } = resolved(schema);
      for (const example of examples) {
        count += 1;
        const isOfType = steps[0] === 'service_types' && steps.length === 3;
        accepted(
          isOfType && !/range$/.test(steps[2] ?? '')
            ? {
                service_types: {
                  'sample-1': { port_range: [5173, 5199], [steps[2] ?? '']: example },
                },
              }
            : fileWith(steps, example),
        );
      }
      for (const [key, each] of Object.entries(properties)) {
        if (!steps.includes('reservations') && !steps.includes('manual_allocations')) {
          check([...steps, key], each);
        }
      }
      if (typeof additionalProperties === 'object' && steps.length > 0) {
        check([...steps, '*'], additionalProperties);
      }
      for (const choice of steps[0] === 'auto_allocation_rules' ? anyOf : []) {
        check(steps, choice);
      }
    };
    check([], SCHEMA);
    assert.ok(count >= 15, `only ${count} examples`);
  });
});
