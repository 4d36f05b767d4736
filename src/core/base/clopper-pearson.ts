import cephes from 'cephes';

await cephes.compiled;

/** The exact confidence interval of a share (Clopper & Pearson 1934). Each side holds with probability 1 − `delta`. */
export function clopperPearson(hits: number, of: number, delta: number): readonly [number, number] {
  const low = hits <= 0 ? 0 : quantile([hits, of - hits + 1, delta], 0);
  const high = hits >= of ? 1 : quantile([hits + 1, of - hits, 1 - delta], 1);
  return [low, high];
}

/** A quantile of the beta distribution. Below the smallest number that there is, as for a small part of one hit, it is the end that claims nothing. */
function quantile([a, b, p]: readonly [number, number, number], end: number): number {
  try {
    return cephes.incbi(a, b, p);
  } catch {
    return end;
  }
}
