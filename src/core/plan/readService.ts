/** What a plan says of its services, each by itself and all beside each other. */
import * as v from 'valibot';
import { BROWSER_BLOCKED_PORTS } from '../domain/browserBlockedPorts';
import { PROTOCOLS, type Protocol } from '../domain/catalogue';
import { show } from '../domain/describe';
import { isHealth } from '../domain/healthCheckUrl';
import { NAME_RULE, environmentName, isServiceName, isServiceTypeName } from '../domain/names';
import type { PlannedService } from '../domain/plan';
import { shown, type Member } from '../jsonc/document';
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
  readonly env: readonly Variable[];
}

/** An environment variable, where a plan names it. */
interface Variable {
  readonly name: string;
  readonly at: Member;
}

const EXAMPLE = '"web": { "type": "dev" }';

/** What a plan says of one service; what is wrong in it is left out and reported. */
export function readService(member: Member): ReadService {
  const { name } = member;
  if (!isServiceName(name)) {
    const message = `${show(name)} is no name for a service: that is ${NAME_RULE}.`;
    member.keyError(message, EXAMPLE);
  }
  if (!member.isObject) {
    member.error(`${show(name)} is an object, also if it only has a type.`, EXAMPLE);
    return { service: { name, exact: false, env: [] }, member, env: [] };
  }
  const read = readFields(member, SERVICE, EXAMPLE);
  const env = readEnv(member.find('env'));
  const port = member.find('port');
  const refused = BROWSER_BLOCKED_PORTS.get(read?.port ?? 0);
  if (refused !== undefined) {
    port?.warn(`Browsers refuse port ${read?.port} (${refused}), so Styxy gives it to nobody.`);
  }
  const exact = readExact(member.find('exact'), port !== undefined);
  const variables = [...new Set(env.map((entry) => entry.name))];
  return { service: { name, ...read, exact, env: variables }, member, port, env };
}

function readExact(member: Member | undefined, hasPort: boolean): boolean {
  const example = '"port": 5173, "exact": true';
  const rule: Rule<boolean> = { schema: v.boolean('true or false'), example };
  const exact = readValue(member, rule, example) ?? false;
  if (exact && !hasPort) {
    member?.error('"exact" is there without the "port" that it means.', example);
  }
  return exact;
}

function readEnv(member: Member | undefined): readonly Variable[] {
  const example = '"env": ["PORT"]';
  if (member?.isList === false) {
    member.error('"env" is a list of names.', example);
  }
  return (member?.elements ?? []).flatMap((at) => {
    if (isEnvironmentName(at.plain)) {
      return [{ name: at.plain, at }];
    }
    const what = `${shown(at.value)} is no name of a variable`;
    return at.error(`${what}: that is ${ENVIRONMENT_NAME_RULE}.`, example) ?? [];
  });
}

/** What two services of a plan may not share: a port and the name of a variable. */
export function checkCollisions(services: readonly ReadService[]): void {
  checkPorts(services);
  checkVariables(services);
}

function checkPorts(services: readonly ReadService[]): void {
  const owners = new Map<number, string>();
  for (const { service, port: member } of services) {
    const { name, port } = service;
    const owner = port && owners.get(port);
    if (owner !== undefined) {
      const message = `"${owner}" has port ${port} already, and "${name}" cannot have it as well.`;
      member?.error(message, 'another port, or none');
    } else if (port !== undefined) {
      owners.set(port, name);
    }
  }
}

interface Claim {
  readonly variable: string;
  readonly service: string;
}

/** Each service's own variable first: whoever names that of another one is wrong. */
function checkVariables(services: readonly ReadService[]): void {
  const claims = new Map<string, Claim>();
  for (const { service, member } of services) {
    const variable = environmentName(service.name);
    const before = claim(claims, { variable, service: service.name });
    if (before !== undefined) {
      const message = `"${service.name}" and "${before.service}" would both be ${variable} in the environment.`;
      member.keyError(message, 'a name that differs in letters or digits');
    }
  }
  for (const { service, env } of services) {
    for (const entry of env) {
      checkVariable(service.name, entry, claims);
    }
  }
}

function checkVariable(
  service: string,
  { name: variable, at }: Variable,
  claims: Map<string, Claim>,
): void {
  const before = claim(claims, { variable, service });
  if (before === undefined) {
    return;
  }
  if (before.variable === variable) {
    const message = `${variable} carries the port of "${before.service}" and cannot carry that of "${service}" as well.`;
    at.error(message, `another name, such as "${environmentName(service)}"`);
  } else {
    at.warn(
      `${variable} and ${before.variable} of "${before.service}" are one variable on Windows.`,
    );
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
