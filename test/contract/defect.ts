/** A defect of the original, and what shows that it is not here. */

/** A test by its file, below `test/`, and its title; of a template's title what stands before `${`. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

export type Defect =
  | { readonly kind: 'tested'; readonly row: string; readonly test: NamedTest }
  /** What had the defect is not offered, or not yet, so there is nothing to test. */
  | { readonly kind: 'absent'; readonly row: string; readonly why: string };

export function tested(row: string, file: string, title: string): Defect {
  return { kind: 'tested', row, test: { file, title } };
}

export function absent(row: string, why: string): Defect {
  return { kind: 'absent', row, why };
}
