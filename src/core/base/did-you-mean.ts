/** A hint for an unknown word: the nearest known one, where one is near, and all that are known. */
export function didYouMean(word: string, known: readonly string[], label = 'known'): string {
  const near = nearest(word, known);
  const list = known.length === 0 ? 'none' : known.join(', ');
  return near === null ? `${label}: ${list}` : `did you mean \`${near}\`? ${label}: ${list}`;
}

/** The known word that is most like the given one; `null` where none is like it. Case, dashes and underscores do not count. */
export function nearest(word: string, known: readonly string[]): string | null {
  const asked = normalized(word);
  if (asked.length > 60) return null;
  let best: string | null = null;
  let bestDistance = asked.length <= 3 ? 2 : asked.length <= 6 ? 3 : 4;
  for (const candidate of known) {
    const distance = editDistance(asked, normalized(candidate));
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

/** How many letters must be put in, taken out, replaced or swapped with their neighbor to turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
