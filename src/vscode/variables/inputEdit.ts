/** The text of a tasks.json or launch.json with one more input. */
import { getNodeValue } from 'jsonc-parser';
import { isRecord } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import { propertyOf, parse } from '../../core/jsonc/document';
import { withElement, withMember } from '../../core/jsonc/edit';

/** An entry of `inputs` that asks `styxy.port`. */
interface PortInput {
  readonly id: string;
  readonly type: 'command';
  readonly command: 'styxy.port';
  readonly args: { readonly service: string; readonly type?: string; readonly folder?: string };
}

export interface PortInputQuestion {
  readonly service: string;
  readonly serviceType?: string;
  /** In a multi-root workspace: one variable has one value there, so each folder needs its own. */
  readonly folder?: string;
}

export type InputEdit =
  | { readonly kind: 'edited'; readonly text: string; readonly id: string }
  /** An input that asks the same is there already. */
  | { readonly kind: 'present'; readonly id: string }
  | { readonly kind: 'malformed'; readonly offset: number; readonly problem: string };

export type VariableFile = 'tasks.json' | 'launch.json';

/** What an absent file begins as. */
export const EMPTY_FILES: Readonly<Record<VariableFile, string>> = {
  'tasks.json': '{\n  "version": "2.0.0",\n  "tasks": [],\n  "inputs": []\n}\n',
  'launch.json': '{\n  "version": "0.2.0",\n  "configurations": [],\n  "inputs": []\n}\n',
};

/** Adds the input to the text of a tasks.json or launch.json; comments and formatting stay. */
export function addInput(text: string, question: PortInputQuestion): InputEdit {
  const source = text.trim() === '' ? '{}\n' : text;
  const { root, fault } = parse(source);
  if (fault !== undefined) {
    return { kind: 'malformed', offset: fault.offset, problem: fault.code };
  }
  if (root?.type !== 'object') {
    return { kind: 'malformed', offset: 0, problem: 'ObjectExpected' };
  }
  const list = propertyOf(root, 'inputs')?.value;
  if (list !== undefined && list.type !== 'array') {
    return { kind: 'malformed', offset: list.offset, problem: 'ArrayExpected' };
  }
  const inputs: unknown[] = list === undefined ? [] : getNodeValue(list);
  const wanted = inputFor(question);
  const present = inputs.find((input) => asksTheSame(input, wanted));
  if (isRecord(present) && typeof present.id === 'string') {
    return { kind: 'present', id: present.id };
  }
  const input = { ...wanted, id: freeId(wanted.id, inputs) };
  const edited =
    list === undefined
      ? withMember(source, root, 'inputs', [input])
      : withElement(source, list, input);
  return { kind: 'edited', text: edited, id: input.id };
}

/** `webPort`; `webPort-two` for a folder of many. */
export function inputId(service: string, folder?: string): string {
  const name = `${service}Port`;
  return folder === undefined ? name : `${name}-${folder}`;
}

function inputFor({ service, serviceType, folder }: PortInputQuestion): PortInput {
  return {
    id: inputId(service, folder),
    type: 'command',
    command: 'styxy.port',
    args: given({ service, type: serviceType, folder }),
  };
}

function asksTheSame(input: unknown, wanted: PortInput): boolean {
  return (
    isRecord(input) &&
    input.type === 'command' &&
    input.command === 'styxy.port' &&
    isRecord(input.args) &&
    input.args.service === wanted.args.service &&
    input.args.folder === wanted.args.folder
  );
}

function freeId(wanted: string, inputs: readonly unknown[]): string {
  const taken = new Set(inputs.map((input) => (isRecord(input) ? input.id : undefined)));
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) {
    id = `${wanted}-${n}`;
  }
  return id;
}
