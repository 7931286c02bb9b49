/** More changes than this make another word, not a slip of the finger. */
const MAX_DISTANCE = 2;

/**
 * The candidate that was probably meant: equal but for case, or at most two changed, missing or
 * added characters away and closer than half the word. The first of equally near ones.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(MAX_DISTANCE + 1, Math.ceil(word.length / 2) + 1);
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, row by row: `row[j]` is the distance to the first `j + 1` letters. */
function editDistance(from: string, to: string): number {
  let row = [...to].map((_, index) => index + 1);
  for (const [index, letter] of [...from].entries()) {
    let diagonal = index;
    let left = index + 1;
    row = row.map((above, j) => {
      left = Math.min(diagonal + (letter === to[j] ? 0 : 1), above + 1, left + 1);
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? from.length;
}
