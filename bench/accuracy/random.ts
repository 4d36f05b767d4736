/** A seeded source of random numbers (xoshiro128**, Blackman & Vigna 2018) with the few distributions that the families need. */
export type Random = {
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly poisson: (mean: number) => number;
  readonly binomial: (n: number, p: number) => number;
  readonly exponential: (mean: number) => number;
  readonly gamma: (shape: number) => number;
};

export function createRandom(seed: number): Random {
  const next = xoshiro(seed);
  const uniform = () => (next() + 0.5) / 4294967296;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const binomial = (n: number, p: number): number => {
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n * p > 200) return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal())));
    // Sums of geometric gaps between successes.
    const logq = Math.log1p(-p);
    let [count, at] = [0, 0];
    for (;;) {
      at += Math.floor(Math.log(uniform()) / logq) + 1;
      if (at > n) return count;
      count++;
    }
  };
  const poisson = (mean: number): number => {
    if (mean <= 0) return 0;
    if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let [count, u, p] = [0, uniform(), Math.exp(-mean)];
    while (u > p && count < 2000) {
      u -= p;
      count++;
      p *= mean / count;
    }
    return count;
  };
  return { uniform, normal, poisson, binomial, gamma, exponential: (mean) => -mean * Math.log(uniform()) };
}

function xoshiro(seed: number): () => number {
  let state = seed >>> 0;
  const split = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [split(), split(), split(), split()];
  const rotate = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotate(d, 11);
    return result;
  };
}
