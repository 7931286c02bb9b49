/** How a kind of rows hangs together, for what draws them. */
export interface Shape<Node> {
  /** The stable identity of a row. */
  readonly id: (node: Node) => string;
  readonly children: (node: Node) => readonly Node[];
  /** All that the row itself shows, as plain data, without its children. */
  readonly shows: (node: Node) => unknown;
}

/**
 * The ids of the rows that must be drawn again, each with what is under it, to get from one tree, of
 * two levels, to the other; undefined where rows at the top came or went.
 */
export function changedRows<Node>(
  before: readonly Node[],
  after: readonly Node[],
  shape: Shape<Node>,
): readonly string[] | undefined {
  return pairUp(before, after, shape)?.flatMap(([was, is]) => changedUnder(was, is, shape));
}

function changedUnder<Node>(before: Node, after: Node, shape: Shape<Node>): string[] {
  const children = pairUp(shape.children(before), shape.children(after), shape);
  if (children === undefined || isDifferent(before, after, shape)) {
    return [shape.id(after)];
  }
  return children
    .filter(([was, is]) => isDifferent(was, is, shape))
    .map(([, child]) => shape.id(child));
}

function isDifferent<Node>(before: Node, after: Node, { shows }: Shape<Node>): boolean {
  return JSON.stringify(shows(before)) !== JSON.stringify(shows(after));
}

/** The same rows in the same order before and after; undefined if they are not the same. */
function pairUp<Node>(
  before: readonly Node[],
  after: readonly Node[],
  { id }: Shape<Node>,
): readonly (readonly [before: Node, after: Node])[] | undefined {
  const pairs = before.flatMap((was, at) => {
    const is = after[at];
    return is !== undefined && id(was) === id(is) ? [[was, is] as const] : [];
  });
  return pairs.length === before.length && pairs.length === after.length ? pairs : undefined;
}
