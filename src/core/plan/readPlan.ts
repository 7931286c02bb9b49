import type { Node } from 'jsonc-parser';
import * as v from 'valibot';
import { BROWSER_BLOCKED_PORTS } from '../domain/browserBlockedPorts';
import { PROTOCOLS, type Protocol } from '../domain/catalogue';
import type { FileProblem } from '../domain/configuration';
import { show } from '../domain/describe';
import {
  environmentName,
  isHealth,
  isServiceName,
  isServiceTypeName,
  NAME_RULE,
} from '../domain/names';
import { given } from '../domain/schema';
import { MAX_PLANNED_SERVICES, type Plan, type PlannedService } from '../domain/plan';
import {
  Problems,
  didYouMean,
  parseObject,
  shown,
  tooLong,
  type FileKind,
  type Member,
  type Span,
} from '../jsonc/document';
import {
  KNOWN,
  PORT_BOUNDS,
  checked,
  readFields,
  readValue,
  wholeNumber,
  type Rule,
} from '../jsonc/values';
import { filePathProblem } from './filePath';
import { hasOpenPlaceholder, placeholdersIn } from './placeholders';

/** The keys at the top of a plan. */
export const PLAN_KEYS = ['$schema', 'services', 'files', 'template'] as const;

const PLAN: FileKind = {
  name: 'The plan',
  example: '{ "services": { "web": { "type": "dev" } } }',
  isStrict: true,
};

export type PlanReading =
  /** `problems` are warnings. */
  | { readonly kind: 'read'; readonly plan: Plan; readonly problems: readonly FileProblem[] }
  /** `problems` has at least one error. */
  | { readonly kind: 'refused'; readonly problems: readonly FileProblem[] };

/**
 * Reads a plan: JSON with comments and trailing commas. Any error refuses the whole file, so that
 * half a plan is never carried out; every problem that can be seen is reported at once. Never
 * throws. Which service types and templates there are is for the configuration to say.
 */
export function readPlan(text: string): PlanReading {
  const problems = new Problems(PLAN);
  const root = parseObject(text, problems);
  const plan = typeof root === 'object' ? planOf(text, root) : undefined;
  return plan === undefined || problems.hasErrors
    ? { kind: 'refused', problems: problems.all }
    : { kind: 'read', plan, problems: problems.all };
}

/** What is wrong with a file above `PLAN_MAX_BYTES`. */
export function planTooLong(): FileProblem {
  return tooLong(PLAN);
}

function planOf(text: string, root: Member): Plan {
  const members = root.members(PLAN_KEYS);
  const find = (key: (typeof PLAN_KEYS)[number]) => members.get(key);
  const declared = servicesOf(find('services'));
  const read = declared.map(readService);
  const named = read.filter(({ service }) => isServiceName(service.name));
  checkPorts(named);
  checkVariables(named);
  const names = declared.map(({ name }) => name);
  const filesMember = find('files');
  return given({
    services: new Map(read.map(({ service }) => [service.name, service])),
    files: filesMember === undefined ? new Map() : readFiles(text, filesMember, names),
    template: readTemplate(find('template')),
  });
}

function servicesOf(member: Member | undefined): readonly Member[] {
  if (member?.isObject === false) {
    const example = '"services": { "web": { "type": "dev" } }';
    member.error('"services" is an object of services by name.', example);
  }
  const services = [...(member?.members().values() ?? [])];
  if (services.length <= MAX_PLANNED_SERVICES) {
    return services;
  }
  const message = `A plan has at most ${MAX_PLANNED_SERVICES} services, and this one has ${services.length}.`;
  return member?.keyError(message, 'a styxy.json in each of several folders') ?? [];
}

function readTemplate(member: Member | undefined): string | undefined {
  const name = member?.plain;
  if (member === undefined || isServiceName(name)) {
    return isServiceName(name) ? name : undefined;
  }
  const message = `"template" is the name of an instance template: ${NAME_RULE}.`;
  return member.error(message, '"template": "dev"');
}

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ENVIRONMENT_NAME_RULE = 'letters, digits and "_", not beginning with a digit';
/** Control characters but tab and line ends, which can be written in a dotenv file. */
const UNWRITABLE = /(?![\t\n\r])\p{Cc}/u;

const FILES_EXAMPLE = '"files": { ".env.local": { "API_URL": "http://localhost:${api}" } }';

export function isEnvironmentName(value: unknown): value is string {
  return typeof value === 'string' && ENVIRONMENT_NAME.test(value);
}

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
interface ReadService {
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
function readService(member: Member): ReadService {
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

/** No two services of a plan share a port. */
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

/** The name of a variable for the port of a service, and where it comes from. */
interface Claim {
  readonly variable: string;
  readonly service: string;
  /** The service itself for its own variable, `STYXY_PORT_<SERVICE>`. */
  readonly at: Member;
  readonly isOwn: boolean;
}

/**
 * Nor the name of a variable. Each service's own one comes first: naming that of another service is
 * wrong.
 */
function checkVariables(services: readonly ReadService[]): void {
  const own = services.map(({ service: { name }, member }): Claim => {
    return { variable: environmentName(name), service: name, at: member, isOwn: true };
  });
  const named = services.flatMap(({ service, env }) =>
    env.map(({ name, at }) => ({ variable: name, service: service.name, at, isOwn: false })),
  );
  const claims = new Map<string, Claim>();
  for (const claim of [...own, ...named]) {
    // Windows ignores case.
    const key = claim.variable.toUpperCase();
    const before = claims.get(key) ?? claim;
    claims.set(key, before);
    if (before.service !== claim.service) {
      reportClaim(claim, before);
    }
  }
}

function reportClaim({ variable, service, at, isOwn }: Claim, before: Claim): void {
  const other = `"${before.service}"`;
  if (isOwn) {
    const message = `"${service}" and ${other} would both be ${variable} in the environment.`;
    at.keyError(message, 'a name that differs in letters or digits');
  } else if (before.variable === variable) {
    const message = `${variable} carries the port of ${other} and cannot carry that of "${service}" as well.`;
    at.error(message, `another name, such as "${environmentName(service)}"`);
  } else {
    at.warn(`${variable} and ${before.variable} of ${other} are one variable on Windows.`);
  }
}

/** What `files` says. `services` are the names that the plan declares, valid or not. */
function readFiles(text: string, member: Member, services: readonly string[]): Plan['files'] {
  if (!member.isObject) {
    member.error('"files" is an object of dotenv files.', FILES_EXAMPLE);
  }
  const spellings = new Map<string, string>();
  const files = [...member.members().values()].map((file) => {
    const problem = filePathProblem(file.name) ?? spelledTwice(file.name, spellings);
    if (problem !== undefined) {
      file.keyError(problem, FILES_EXAMPLE);
    }
    return [file.name, readValues(text, file, services)] as const;
  });
  return new Map(files);
}

/** Where case is ignored two spellings are one file, which would then be written in turns. */
function spelledTwice(name: string, spellings: Map<string, string>): string | undefined {
  const other = spellings.get(name.toLowerCase());
  spellings.set(name.toLowerCase(), name);
  return other === undefined ? undefined : `${show(other)} is the same file on macOS and Windows.`;
}

function readValues(
  text: string,
  file: Member,
  services: readonly string[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (!file.isObject) {
    file.error(`${show(file.name)} is an object of variables.`, FILES_EXAMPLE);
  }
  for (const variable of file.members().values()) {
    const { name, plain } = variable;
    if (!isEnvironmentName(name)) {
      variable.keyError(`A variable's name has ${ENVIRONMENT_NAME_RULE}.`, '"API_URL"');
    }
    if (typeof plain !== 'string') {
      variable.error(`${show(name)} is a text.`, '"WEB_PORT": "${web}"');
      continue;
    }
    if (UNWRITABLE.test(plain)) {
      variable.error('A value has no control characters.', '"WEB_PORT": "${web}"');
    }
    checkReferences(text, variable, plain, services);
    values.set(name, plain);
  }
  return values;
}

function checkReferences(
  text: string,
  { value, path, problems }: Member,
  content: string,
  services: readonly string[],
): void {
  const example = `"http://localhost:\${${services[0] ?? 'web'}}"`;
  if (hasOpenPlaceholder(content)) {
    problems.error(value, path, 'A "${" has no "}" behind it.', example);
  }
  for (const name of placeholdersIn(content)) {
    if (!services.includes(name) && problems.takesErrors) {
      const hint = didYouMean(name, services, 'Declare it under "services".');
      const message = `${show(`\${${name}}`)} names no service of this plan. ${hint}`;
      problems.error(spanOf(text, value, `\${${name}}`), path, message, example);
    }
  }
}

/** Where a part of a text value stands, if it is written there as it is; else the whole value. */
function spanOf(text: string, node: Node, part: string): Span {
  const offset = text.indexOf(part, node.offset);
  const isInside = offset !== -1 && offset + part.length <= node.offset + node.length;
  return isInside ? { offset, length: part.length } : node;
}
