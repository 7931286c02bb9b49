/**
 * What a file may say, as valibot schemas of single values and tables of keys, and the one way of
 * reading by them. A wrong value is reported and left out, so that every problem is seen at once;
 * this is why objects are tables here: valibot's own give up a whole object for one wrong value.
 */
import * as v from 'valibot';
import { show } from '../domain/describe';
import { MAX_PORT, MIN_PORT } from '../domain/names';
import { shown, type Member } from './document';

/** Longest description, name or reason that anybody reads, in UTF-16 code units. */
const MAX_SENTENCE_LENGTH = 500;

type Schema<T> = v.GenericSchema<unknown, T>;

/** A single value. */
export interface Rule<T> {
  /** Its messages are the end of a sentence: what the value should be. */
  readonly schema: Schema<T>;
  /** A right value, as it stands in the file. */
  readonly example: string;
  /** Makes the nearest right value of one that the original took. */
  readonly nearest?: Schema<T>;
}

/** Undefined, with an error, where it is wrong. */
type Reader<T> = (member: Member) => T | undefined;

/** The keys of an object and what each holds, in the order in which they are read. */
type Fields = Readonly<Record<string, Rule<unknown> | Reader<unknown>>>;

type CamelCase<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;

/** What is read by a table: what is there and right, by the keys in camelCase. */
export type Values<F extends Fields> = {
  readonly [Key in keyof F & string as CamelCase<Key>]?: F[Key] extends Rule<infer T>
    ? T
    : F[Key] extends Reader<infer T>
      ? T
      : never;
};

/** A key that is known, and read elsewhere or by nothing. */
export const KNOWN: Reader<never> = () => undefined;

/** The object that a member is, by a table; undefined, with an error, if it is something else. */
export function readFields<F extends Fields>(
  member: Member | undefined,
  fields: F,
  example: string,
): Values<F> | undefined {
  if (member === undefined || !isObject(member, example)) {
    return undefined;
  }
  const members = member.members(Object.keys(fields));
  const values = Object.entries(fields).flatMap(([key, field]) => {
    const found = members.get(key);
    const value = typeof field === 'function' ? found && field(found) : readValue(found, field);
    return value === undefined ? [] : [[camelCase(key), value] as const];
  });
  // The keys and types of the table, one by one.
  return Object.fromEntries(values) as Values<F>;
}

function camelCase(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** An object by a table, as a value of another one. */
export function object<F extends Fields>(fields: F, example: string): Reader<Values<F>> {
  return (member) => readFields(member, fields, example);
}

/** The members of an object with names of people's own; none, with an error, if it is no object. */
export function readNamed(member: Member | undefined, example: string): readonly Member[] {
  return member !== undefined && isObject(member, example) ? [...member.members().values()] : [];
}

/** Whether it is an object; an error if not. */
export function isObject(member: Member, example: string): boolean {
  if (!member.isObject) {
    member.isNot('an object in braces', example);
  }
  return member.isObject;
}

/** A list of values of one kind; a wrong element is reported and left out. */
export function list<T>(rule: Rule<T>): Reader<readonly T[]> {
  return (member) => {
    const example = `${show(member.name)}: [${rule.example}]`;
    return member.isList
      ? member.elements.flatMap((element) => readValue(element, rule, example) ?? [])
      : member.isNot('a list', example);
  };
}

/** Undefined without an error where there is no such member. */
export function readValue<T>(
  member: Member | undefined,
  { schema, example, nearest }: Rule<T>,
  right = `${show(member?.name)}: ${example}`,
): T | undefined {
  if (member === undefined) {
    return undefined;
  }
  const { name, value, plain } = member;
  const read = v.safeParse(schema, plain);
  if (read.success) {
    return read.output;
  }
  const is = read.issues[0].message;
  const near = nearest && v.safeParse(nearest, plain);
  if (near?.success === true) {
    member.warn(`${show(name)} is ${shown(value)}, not ${is}: ${show(near.output)} counts.`);
    return near.output;
  }
  return member.isNot(is, right);
}

export const BOOLEAN: Rule<boolean> = { schema: v.boolean('true or false'), example: 'true' };

/** Both ends belong to what is right. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly example: number;
  /** Whole numbers from here to there are taken too, as the nearest right one. */
  readonly taken?: readonly [from: number, to: number];
}

export const PORT_BOUNDS = { min: MIN_PORT, max: MAX_PORT };

export function wholeNumber({ min, max, example, taken }: Bounds): Rule<number> {
  const whole = (from: number, to: number) => {
    const is = `a whole number from ${min} to ${max}`;
    return v.pipe(v.number(is), v.integer(is), v.minValue(from, is), v.maxValue(to, is));
  };
  return {
    schema: whole(min, max),
    example: String(example),
    ...(taken && { nearest: v.pipe(whole(...taken), v.toMinValue(min), v.toMaxValue(max)) }),
  };
}

export function anyNumber({ min, max, example }: Bounds): Rule<number> {
  const is = `a number from ${min} to ${max}`;
  return {
    schema: v.pipe(v.number(is), v.minValue(min, is), v.maxValue(max, is)),
    example: String(example),
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): Rule<T> {
  const is = `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`;
  return { schema: v.picklist(choices, is), example: JSON.stringify(choices[0]) };
}

/** What one of our own checks takes. */
export function checked<T>(
  isRight: (value: unknown) => value is T,
  is: string,
  example: string,
): Rule<T> {
  return { schema: v.custom<T>(isRight, is), example };
}

/** Any text, also an empty one. */
export function text(example: string): Rule<string> {
  return { schema: v.string('a text'), example: JSON.stringify(example) };
}

/** Any text, on one line for people. */
export function sentence(example: string): Rule<string> {
  return { ...text(example), schema: v.pipe(v.string('a text'), v.transform(oneLine)) };
}

/** A text with something in it. */
export function label(example: string): Rule<string> {
  return checked(isLabel, 'a text with something in it', JSON.stringify(example));
}

export function isLabel(value: unknown): value is string {
  return typeof value === 'string' && oneLine(value) !== '';
}

/** What people read of a text: no control characters, which a terminal would obey, and an end. */
export function oneLine(value: string): string {
  return value
    .slice(0, MAX_SENTENCE_LENGTH)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}
