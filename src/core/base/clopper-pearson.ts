import cephes from 'cephes';

await cephes.compiled;

/** The exact confidence interval of a share (Clopper & Pearson 1934). Each side holds with probability 1 − `delta`. */
export function clopperPearson(hits: number, of: number, delta: number): readonly [number, number] {
  const low = hits <= 0 ? 0 : cephes.incbi(hits, of - hits + 1, delta);
  const high = hits >= of ? 1 : cephes.incbi(hits + 1, of - hits, 1 - delta);
  return [low, high];
}
