import type { FileProblem } from '../domain/configuration';
import { NAME_RULE, isServiceName } from '../domain/names';
import { MAX_PLANNED_SERVICES, type Plan } from '../domain/plan';
import { Problems, parseObject, tooLong, type FileKind, type Member } from '../jsonc/document';
import { readFiles } from './readFiles';
import { checkCollisions, readService } from './readService';

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
  checkCollisions(read.filter(({ service }) => isServiceName(service.name)));
  const names = declared.map(({ name }) => name);
  const filesMember = find('files');
  const template = readTemplate(find('template'));
  return {
    services: new Map(read.map(({ service }) => [service.name, service])),
    files: filesMember === undefined ? new Map() : readFiles(text, filesMember, names),
    ...(template === undefined ? {} : { template }),
  };
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
