/** What a plan says of its services, each by itself and all beside each other. */
import * as v from 'valibot';
import { BROWSER_BLOCKED_PORTS } from '../domain/browserBlockedPorts';
import { PROTOCOLS, type Protocol } from '../domain/catalogue';
import { show } from '../domain/describe';
import { isHealth } from '../domain/healthCheckUrl';
import { NAME_RULE, environmentName, isServiceName, isServiceTypeName } from '../domain/names';
import type { PlannedService } from '../domain/plan';
import { elementsOf, memberOf, shown, type Member, type Problems } from '../jsonc/document';
import {
  KNOWN,
  PORT_BOUNDS,
  checked,
  readFields,
  readValue,
  wholeNumber,
  type Rule,
} from '../jsonc/values';
import { ENVIRONMENT_NAME_RULE, isEnvironmentName } from './readFiles';

const PROTOCOL: Rule<Protocol> = {
  schema: v.picklist(PROTOCOLS, `one of ${PROTOCOLS.join(', ')}`),
  example: '"http"',
};

/** The keys of a service. */
export const SERVICE = {
  type: checked(isServiceTypeName, `the name of a service type: ${NAME_RULE}`, '"dev"'),
  port: wholeNumber({ ...PORT_BOUNDS, example: 5173 }),
  exact: KNOWN,
  env: KNOWN,
  health: checked(
    isHealth,
    'a path that begins with one "/", or a whole http or https URL of localhost',
    '"/healthz"',
  ),
  protocol: PROTOCOL,
};

/** A service with the places that other checks point at. */
export interface ReadService {
  readonly service: PlannedService;
  readonly member: Member;
  readonly port?: Member | undefined;
  /** Its variables by name, each where the plan has it. */
  readonly env: readonly Member[];
}

const EXAMPLE = '"web": { "type": "dev" }';

/** What a plan says of one service; what is wrong in it is left out and reported. */
export function readService(member: Member, problems: Problems): ReadService {
  const { name, key, value, path } = member;
  if (!isServiceName(name)) {
    const message = `${show(name)} is no name for a service: that is ${NAME_RULE}.`;
    problems.error(key, path, message, EXAMPLE);
  }
  if (value.type !== 'object') {
    const message = `${show(name)} is an object, also if it only has a type.`;
    problems.error(value, path, message, EXAMPLE);
    return { service: { name, exact: false, env: [] }, member, env: [] };
  }
  const find = (wanted: keyof typeof SERVICE) => memberOf(value, wanted, path);
  const read = readFields(member, SERVICE, EXAMPLE, problems);
  const env = readEnv(find('env'), problems);
  const port = find('port');
  const refused = BROWSER_BLOCKED_PORTS.get(read?.port ?? 0);
  if (port !== undefined && refused !== undefined) {
    const message = `Browsers refuse port ${read?.port} (${refused}), so Styxy gives it to nobody.`;
    problems.warning(port.value, port.path, message);
  }
  const exact = readExact(find('exact'), port, problems);
  const variables = [...new Set(env.map((entry) => entry.name))];
  return { service: { name, ...read, exact, env: variables }, member, port, env };
}

function readExact(
  member: Member | undefined,
  port: Member | undefined,
  problems: Problems,
): boolean {
  const example = '"port": 5173, "exact": true';
  const rule: Rule<boolean> = { schema: v.boolean('true or false'), example };
  const exact = readValue(member, rule, problems, example) ?? false;
  if (member !== undefined && exact && port === undefined) {
    const message = '"exact" is there without the "port" that it means.';
    problems.error(member.value, member.path, message, example);
  }
  return exact;
}

function readEnv(member: Member | undefined, problems: Problems): readonly Member[] {
  const example = '"env": ["PORT"]';
  if (member !== undefined && member.value.type !== 'array') {
    problems.error(member.value, member.path, '"env" is a list of names.', example);
    return [];
  }
  const elements = member === undefined ? [] : elementsOf(member);
  return elements.flatMap((element) => {
    const name: unknown = element.value.value;
    if (isEnvironmentName(name)) {
      return [{ ...element, name }];
    }
    const message = `${shown(element.value)} is no name of a variable: that is ${ENVIRONMENT_NAME_RULE}.`;
    problems.error(element.value, element.path, message, example);
    return [];
  });
}

/** What two services of a plan may not share: a port and the name of a variable. */
export function checkCollisions(services: readonly ReadService[], problems: Problems): void {
  checkPorts(services, problems);
  checkVariables(services, problems);
}

function checkPorts(services: readonly ReadService[], problems: Problems): void {
  const owners = new Map<number, string>();
  for (const { service, port: member } of services) {
    const { name, port } = service;
    if (port === undefined || member === undefined) {
      continue;
    }
    const owner = owners.get(port);
    if (owner === undefined) {
      owners.set(port, name);
    } else {
      const message = `"${owner}" has port ${port} already, and "${name}" cannot have it as well.`;
      problems.error(member.value, member.path, message, 'another port, or none');
    }
  }
}

interface Claim {
  readonly variable: string;
  readonly service: string;
}

/** Each service's own variable first: whoever names that of another one is wrong. */
function checkVariables(services: readonly ReadService[], problems: Problems): void {
  const claims = new Map<string, Claim>();
  for (const { service, member } of services) {
    const variable = environmentName(service.name);
    const before = claim(claims, { variable, service: service.name });
    if (before !== undefined) {
      const message = `"${service.name}" and "${before.service}" would both be ${variable} in the environment.`;
      problems.error(member.key, member.path, message, 'a name that differs in letters or digits');
    }
  }
  for (const { service, env } of services) {
    for (const entry of env) {
      checkVariable(service.name, entry, claims, problems);
    }
  }
}

function checkVariable(
  service: string,
  { name: variable, value, path }: Member,
  claims: Map<string, Claim>,
  problems: Problems,
): void {
  const before = claim(claims, { variable, service });
  if (before === undefined) {
    return;
  }
  if (before.variable === variable) {
    const message = `${variable} carries the port of "${before.service}" and cannot carry that of "${service}" as well.`;
    problems.error(value, path, message, `another name, such as "${environmentName(service)}"`);
  } else {
    const message = `${variable} and ${before.variable} of "${before.service}" are one variable on Windows.`;
    problems.warning(value, path, message);
  }
}

/** Who has the name already, if that is another service. Windows ignores case. */
function claim(claims: Map<string, Claim>, wanted: Claim): Claim | undefined {
  const key = wanted.variable.toUpperCase();
  const before = claims.get(key);
  if (before === undefined) {
    claims.set(key, wanted);
    return undefined;
  }
  return before.service === wanted.service ? undefined : before;
}
