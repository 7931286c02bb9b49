/** Which template shifts where the search for a port begins. */
import type { Template } from '../domain/configuration';
import type { DecisionContext, Question } from './decision';
import type { StyxyError } from '../domain/errors';
import { matches } from '../domain/glob';
import type { Rules } from './rules';
import { unknownTemplate } from '../messages/typeRefusals';

export type ChosenOffset =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'refused'; readonly error: StyxyError }
  | Question;

/**
 * How far the preferred ports of a type are shifted: by the template that was named, else by the
 * first whose pattern matches the git branch of the workspace, else not at all.
 */
export function templateOffset(
  named: string | undefined,
  { workspace, serviceType }: { readonly workspace: string; readonly serviceType: string },
  { branches }: DecisionContext,
  { templates }: Rules,
): ChosenOffset {
  if (named !== undefined) {
    const template = templates.get(named);
    return template === undefined
      ? { kind: 'refused', error: unknownTemplate(named, [...templates.keys()]) }
      : { kind: 'offset', offset: offsetOf(template, serviceType) };
  }
  const byBranch = [...templates.values()].filter((template) => template.branches.length > 0);
  if (byBranch.length === 0) {
    return { kind: 'offset', offset: 0 };
  }
  if (!branches.has(workspace)) {
    return { kind: 'branch', workspace };
  }
  const branch = branches.get(workspace);
  const template =
    branch === undefined
      ? undefined
      : byBranch.find((each) => each.branches.some((pattern) => matches(pattern, branch)));
  return {
    kind: 'offset',
    offset: template === undefined ? 0 : offsetOf(template, serviceType),
  };
}

function offsetOf({ offset, offsets }: Template, serviceType: string): number {
  return offsets.get(serviceType) ?? offset;
}
