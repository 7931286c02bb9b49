/**
 * Whether the pattern describes the whole text: `*` stands for any characters, also none, `?` for
 * exactly one, everything else for itself, case and all. Only the last `*` is ever tried again, so
 * the steps are at most the length of the text times that of the pattern between two `*`.
 */
export function matches(pattern: string, text: string): boolean {
  // Characters, not code units: `?` stands for an emoji in the name of a branch, too.
  const wanted = [...pattern];
  const given = [...text];
  let at = 0;
  let index = 0;
  let star: { readonly after: number; resume: number } | undefined;
  while (index < given.length) {
    if (wanted[at] === '*') {
      at += 1;
      star = { after: at, resume: index };
    } else if (wanted[at] === '?' || wanted[at] === given[index]) {
      at += 1;
      index += 1;
    } else if (star !== undefined) {
      star.resume += 1;
      index = star.resume;
      at = star.after;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((each) => each === '*');
}
