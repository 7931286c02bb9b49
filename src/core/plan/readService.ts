import type { Node } from 'jsonc-parser';
import { BROWSER_BLOCKED_PORTS } from '../domain/browserBlockedPorts';
import { PROTOCOLS, type Protocol } from '../domain/catalogue';
import { show } from '../domain/describe';
import {
  MAX_PORT,
  MIN_PORT,
  NAME_RULE,
  isPort,
  isServiceName,
  isServiceTypeName,
} from '../domain/names';
import type { PlannedService } from '../domain/plan';
import { membersOf, type Member, type Path, type Problems } from '../jsonc/planJson';
import { isHealth } from '../domain/healthCheckUrl';
import { ENVIRONMENT_NAME_RULE, isEnvironmentName } from './readFiles';

/** The keys of a service. */
export const SERVICE_KEYS = ['type', 'port', 'exact', 'env', 'health', 'protocol'] as const;
type ServiceKey = (typeof SERVICE_KEYS)[number];

/** An environment variable and where the plan names it. */
export interface EnvEntry {
  readonly name: string;
  readonly node: Node;
  readonly path: Path;
}

/** A service with the places that other checks point at. */
export interface ReadService {
  readonly service: PlannedService;
  readonly member: Member;
  readonly port?: Member;
  readonly env: readonly EnvEntry[];
}

/** What a plan says of one service; what is wrong in it is left out and reported. */
export function readService(member: Member, problems: Problems): ReadService {
  const { name, key, value, path } = member;
  if (!isServiceName(name)) {
    const message = `${show(name)} is no name for a service: that is ${NAME_RULE}.`;
    problems.error(key, path, message, '"web": { "type": "dev" }');
  }
  if (value.type !== 'object') {
    const message = `${show(name)} is an object, also if it only has a type.`;
    problems.error(value, path, message, `"web": { "type": "dev" }`);
    return { service: { name, exact: false, env: [] }, member, env: [] };
  }
  const members = membersOf(value, path, problems, SERVICE_KEYS);
  const find = (wanted: ServiceKey) => members.get(wanted);
  const portMember = find('port');
  const env = readEnv(find('env'), problems);
  const type = readText(find('type'), isServiceTypeName, TYPE, problems);
  const port = readPort(portMember, problems);
  const health = readText(find('health'), isHealth, HEALTH, problems);
  const protocol = readText(find('protocol'), isProtocol, PROTOCOL, problems);
  return {
    service: {
      name,
      ...(type === undefined ? {} : { type }),
      ...(port === undefined ? {} : { port }),
      exact: readExact(find('exact'), portMember, problems),
      env: [...new Set(env.map((entry) => entry.name))],
      ...(health === undefined ? {} : { health }),
      ...(protocol === undefined ? {} : { protocol }),
    },
    member,
    ...(portMember === undefined ? {} : { port: portMember }),
    env,
  };
}

interface Rule {
  /** The end of a sentence: what the value is. */
  readonly is: string;
  readonly example: string;
}

const TYPE: Rule = { is: `the name of a service type: ${NAME_RULE}`, example: '"type": "dev"' };
const HEALTH: Rule = {
  is: 'a path that begins with one "/", or a whole http or https URL of localhost',
  example: '"health": "/healthz"',
};
const PROTOCOL: Rule = { is: `one of ${PROTOCOLS.join(', ')}`, example: '"protocol": "http"' };

function readText<T extends string>(
  member: Member | undefined,
  isRight: (value: unknown) => value is T,
  { is, example }: Rule,
  problems: Problems,
): T | undefined {
  if (member === undefined) {
    return undefined;
  }
  const { name, value, path } = member;
  const found: unknown = value.value;
  if (isRight(found)) {
    return found;
  }
  problems.error(value, path, `"${name}" is ${shown(value)}, not ${is}.`, example);
  return undefined;
}

function isProtocol(value: unknown): value is Protocol {
  return PROTOCOLS.some((protocol) => protocol === value);
}

function readPort(member: Member | undefined, problems: Problems): number | undefined {
  if (member === undefined) {
    return undefined;
  }
  const { value, path } = member;
  const port: unknown = value.value;
  if (!isPort(port)) {
    const rule = `a whole number from ${MIN_PORT} to ${MAX_PORT}`;
    const message = `"port" is ${shown(value)}, not ${rule}.`;
    problems.error(value, path, message, '"port": 5173');
    return undefined;
  }
  const refused = BROWSER_BLOCKED_PORTS.get(port);
  if (refused !== undefined) {
    const message = `Browsers refuse port ${port} (${refused}), so Styxy gives it to nobody.`;
    problems.warning(value, path, message);
  }
  return port;
}

function readExact(
  member: Member | undefined,
  port: Member | undefined,
  problems: Problems,
): boolean {
  if (member === undefined) {
    return false;
  }
  const { value, path } = member;
  if (typeof value.value !== 'boolean') {
    const message = `"exact" is ${shown(value)}, not true or false.`;
    problems.error(value, path, message, '"port": 5173, "exact": true');
    return false;
  }
  if (value.value && port === undefined) {
    const message = '"exact" is there without the "port" that it means.';
    problems.error(value, path, message, '"port": 5173, "exact": true');
    return false;
  }
  return value.value;
}

const ENV_EXAMPLE = '"env": ["PORT"]';

function readEnv(member: Member | undefined, problems: Problems): readonly EnvEntry[] {
  if (member === undefined) {
    return [];
  }
  const { value, path } = member;
  if (value.type !== 'array') {
    problems.error(value, path, '"env" is a list of names.', ENV_EXAMPLE);
    return [];
  }
  const entries: EnvEntry[] = [];
  for (const [index, node] of (value.children ?? []).entries()) {
    const at = [...path, index];
    const name: unknown = node.value;
    if (isEnvironmentName(name)) {
      entries.push({ name, node, path: at });
    } else {
      const message = `${shown(node)} is no name of a variable: that is ${ENVIRONMENT_NAME_RULE}.`;
      problems.error(node, at, message, ENV_EXAMPLE);
    }
  }
  return entries;
}

function shown({ type, value }: Node): string {
  return type === 'array' ? 'a list' : type === 'object' ? 'an object' : show(value);
}
