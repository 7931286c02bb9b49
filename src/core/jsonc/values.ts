/** Single values of a configuration: the value, or undefined where it is absent or wrong. */
import type { Node } from 'jsonc-parser';
import { show } from '../domain/describe';
import { MAX_PORT, MIN_PORT } from '../domain/names';
import { shown, type Member, type Path, type Problems } from './json';

/** Longest description, name or reason that anybody reads, in UTF-16 code units. */
const MAX_SENTENCE_LENGTH = 500;

interface Rule<T> {
  readonly isRight: (value: unknown) => value is T;
  /** The end of a sentence: what the value is. */
  readonly is: string;
  /** A right value, as it stands in the file. */
  readonly example: string;
  /** The nearest right value for one that the original took; undefined for what it refused too. */
  readonly nearest?: (value: unknown) => T | undefined;
}

/** Undefined without an error where there is no such member. */
export function readValue<T>(
  member: Member | undefined,
  rule: Rule<T>,
  problems: Problems,
): T | undefined {
  return member === undefined
    ? undefined
    : readNode(member.value, member, rule, problems, `${show(member.name)}: ${rule.example}`);
}

function readNode<T>(
  node: Node,
  { name, path }: { readonly name: string; readonly path: Path },
  { isRight, is, nearest }: Rule<T>,
  problems: Problems,
  example: string,
): T | undefined {
  const value: unknown = node.value;
  if (isRight(value)) {
    return value;
  }
  const near = nearest?.(value);
  if (near !== undefined) {
    const message = `${show(name)} is ${shown(node)}, not ${is}: ${show(near)} counts.`;
    problems.warning(node, path, message);
    return near;
  }
  problems.error(node, path, `${show(name)} is ${shown(node)}, not ${is}.`, example);
  return undefined;
}

export const BOOLEAN: Rule<boolean> = {
  isRight: (value) => typeof value === 'boolean',
  is: 'true or false',
  example: 'true',
};

/** Both ends belong to what is right. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly example: number;
  /** Whole numbers from here to there are taken too, as the nearest right one. */
  readonly taken?: readonly [from: number, to: number];
}

export const PORT_BOUNDS = { min: MIN_PORT, max: MAX_PORT };

export function wholeNumber({ min, max, example, taken = [min, max] }: Bounds): Rule<number> {
  const [from, to] = taken;
  return {
    isRight: (value): value is number => Number.isInteger(value) && isWithin(value, min, max),
    is: `a whole number from ${min} to ${max}`,
    example: String(example),
    nearest: (value) =>
      Number.isInteger(value) && isWithin(value, from, to)
        ? Math.min(Math.max(Number(value), min), max)
        : undefined,
  };
}

export function anyNumber({ min, max, example }: Bounds): Rule<number> {
  return {
    isRight: (value): value is number => isWithin(value, min, max),
    is: `a number from ${min} to ${max}`,
    example: String(example),
  };
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

export function oneOf<T extends string>(choices: readonly T[]): Rule<T> {
  return {
    isRight: (value): value is T => choices.some((choice) => choice === value),
    is: `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`,
    example: JSON.stringify(choices[0]),
  };
}

/** Any text, also an empty one; `oneLine` makes it fit for people. */
export function text(example: string): Rule<string> {
  return {
    isRight: (value) => typeof value === 'string',
    is: 'a text',
    example: JSON.stringify(example),
  };
}

/** A text with something in it. */
export function label(example: string): Rule<string> {
  return { ...text(example), isRight: isLabel, is: 'a text with something in it' };
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

/** A list of values of one kind; a wrong element is reported and left out. */
export function readList<T>(
  member: Member | undefined,
  rule: Rule<T>,
  problems: Problems,
): readonly T[] | undefined {
  if (member === undefined) {
    return undefined;
  }
  const { name, value, path } = member;
  const example = `${show(name)}: [${rule.example}]`;
  if (value.type !== 'array') {
    problems.error(value, path, `"${name}" is ${shown(value)}, not a list.`, example);
    return undefined;
  }
  return (value.children ?? []).flatMap((node, index) => {
    const at = { name: `${name}[${index}]`, path: [...path, index] };
    const element = readNode(node, at, rule, problems, example);
    return element === undefined ? [] : [element];
  });
}

/** The object that a member is; undefined, with an error, if it is something else. */
export function readObject(
  member: Member | undefined,
  example: string,
  problems: Problems,
): Node | undefined {
  if (member === undefined || member.value.type === 'object') {
    return member?.value;
  }
  const { name, value, path } = member;
  problems.error(
    value,
    path,
    `${show(name)} is ${shown(value)}, not an object in braces.`,
    example,
  );
  return undefined;
}
