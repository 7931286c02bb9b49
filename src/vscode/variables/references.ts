import { isRecord } from '../../core/domain/errors';

/** Everything before the service's name in the id of a dotted variable. */
export const DOTTED_PREFIX = 'styxy.port.';

const REFERENCE = /\$\{command:styxy\.port\.([A-Za-z0-9][A-Za-z0-9._-]{0,63})\}/g;

/** The services that `${command:styxy.port.<service>}` names anywhere in `value`. */
export function referencedServices(value: unknown): ReadonlySet<string> {
  const services = new Set<string>();
  visit(value, (text) => {
    for (const match of text.matchAll(REFERENCE)) {
      services.add(match[1] ?? '');
    }
    return text;
  });
  return services;
}

/**
 * A copy of `value` with every reference replaced. A property that is nothing but one reference
 * becomes a number, which some debuggers demand for `port`; arguments and environment variables are
 * texts to all of them. References to other services stay.
 */
export function replaceReferences<T>(value: T, ports: ReadonlyMap<string, number>): T {
  const replaced: unknown = visit(value, (text, wantsText) => {
    const filled = text.replace(REFERENCE, (reference, service: string) =>
      String(ports.get(service) ?? reference),
    );
    return wantsText || filled === text || !isOneReference(text) ? filled : Number(filled);
  });
  return replaced as T;
}

function isOneReference(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some(([reference]) => reference === text);
}

/** Configurations are small; the limit only guards against a value that contains itself. */
const MAX_DEPTH = 64;

/** Properties of configurations that hold environment variables. */
const ENVIRONMENT: readonly string[] = ['env', 'environment'];

type OnText = (text: string, wantsText: boolean) => unknown;

interface Place {
  readonly depth: number;
  /** An element of a list, such as `args`. */
  readonly inList: boolean;
  readonly inEnvironment: boolean;
}

const TOP: Place = { depth: 0, inList: true, inEnvironment: false };

function visit(value: unknown, onText: OnText, place: Place = TOP): unknown {
  const { inEnvironment } = place;
  const depth = place.depth + 1;
  if (typeof value === 'string') {
    return onText(value, place.inList || inEnvironment);
  }
  if (depth > MAX_DEPTH) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => visit(item, onText, { depth, inList: true, inEnvironment }));
  }
  if (!isRecord(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const environment = inEnvironment || ENVIRONMENT.includes(key);
      return [key, visit(item, onText, { depth, inList: false, inEnvironment: environment })];
    }),
  );
}
