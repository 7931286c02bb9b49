import { isRecord } from '../../core/domain/errors';
import { isServiceName } from '../../core/domain/names';
import type { ArgumentsProblem } from '../text/variableErrors';

/** What `args` of an input of the command `styxy.port` may hold. */
export interface VariableArguments {
  readonly service: string;
  readonly type?: string;
  readonly folder?: string;
}

export type ReadArguments =
  | { readonly kind: 'read'; readonly args: VariableArguments }
  | { readonly kind: 'refused'; readonly problem: ArgumentsProblem };

const KEYS: readonly string[] = ['service', 'type', 'folder'];

/** Reads what the editor passed to `styxy.port`. Never throws. */
export function readArguments(passed: unknown): ReadArguments {
  if (!isRecord(passed) || isDebugConfiguration(passed)) {
    return refused({ kind: 'missing' });
  }
  for (const [key, value] of Object.entries(passed)) {
    const problem = problemOf(key, value);
    if (problem !== undefined) {
      return refused(problem);
    }
  }
  const { service, type, folder } = passed;
  if (typeof service !== 'string') {
    return refused({ kind: 'missing' });
  }
  return {
    kind: 'read',
    args: {
      service,
      ...(typeof type === 'string' ? { type } : {}),
      ...(typeof folder === 'string' ? { folder } : {}),
    },
  };
}

/** `${command:...}` in launch.json passes the configuration itself: never our arguments. */
function isDebugConfiguration(passed: unknown): boolean {
  return isRecord(passed) && 'request' in passed && 'name' in passed;
}

function problemOf(key: string, value: unknown): ArgumentsProblem | undefined {
  if (!KEYS.includes(key)) {
    return { kind: 'unknown-key', key };
  }
  if (typeof value !== 'string') {
    return { kind: 'not-text', key };
  }
  if (value.includes('${')) {
    return { kind: 'unresolved', key, value };
  }
  if (key !== 'folder' && !isServiceName(value)) {
    return { kind: 'bad-name', key, value };
  }
  return undefined;
}

function refused(problem: ArgumentsProblem): ReadArguments {
  return { kind: 'refused', problem };
}
