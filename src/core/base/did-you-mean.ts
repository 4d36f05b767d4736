/** Builds the hint for an unknown word: the nearest known word (if one is near enough) and the list of all known words. */
export function didYouMean(word: string, known: readonly string[], label = 'known'): string {
  const near = nearest(word, known);
  const list = known.length === 0 ? 'none' : known.join(', ');
  return near === null ? `${label}: ${list}` : `did you mean \`${near}\`? ${label}: ${list}`;
}

/** Returns the known word that is most similar to the given one, or `null`. Ignores case, dashes and underscores. */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = normalized(word);
  if (wanted.length > 60) return null;
  let best: string | null = null;
  let bestDistance = wanted.length <= 3 ? 2 : wanted.length <= 6 ? 3 : 4;
  for (const candidate of known) {
    const distance = editDistance(wanted, normalized(candidate));
    if (distance < bestDistance && distance < normalized(candidate).length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function normalized(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** The edit distance (Damerau-Levenshtein): insertions, deletions, replacements and swaps of neighboring letters. */
function editDistance(a: string, b: string): number {
  let rowBeforeLast: number[] = [];
  let lastRow = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min((lastRow[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (lastRow[j - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, (rowBeforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    rowBeforeLast = lastRow;
    lastRow = row;
  }
  return lastRow[b.length] ?? 0;
}
