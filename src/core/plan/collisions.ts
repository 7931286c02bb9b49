import { environmentName } from '../domain/names';
import type { Problems } from '../jsonc/planJson';
import type { EnvEntry, ReadService } from './readService';

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
  { name: variable, node, path }: EnvEntry,
  claims: Map<string, Claim>,
  problems: Problems,
): void {
  const before = claim(claims, { variable, service });
  if (before === undefined) {
    return;
  }
  if (before.variable === variable) {
    const message = `${variable} carries the port of "${before.service}" and cannot carry that of "${service}" as well.`;
    problems.error(node, path, message, `another name, such as "${environmentName(service)}"`);
  } else {
    const message = `${variable} and ${before.variable} of "${before.service}" are one variable on Windows.`;
    problems.warning(node, path, message);
  }
}

/** Answers who has the name already, if that is another service. Windows ignores case. */
function claim(claims: Map<string, Claim>, wanted: Claim): Claim | undefined {
  const key = wanted.variable.toUpperCase();
  const before = claims.get(key);
  if (before === undefined) {
    claims.set(key, wanted);
    return undefined;
  }
  return before.service === wanted.service ? undefined : before;
}
