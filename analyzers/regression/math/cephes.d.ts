/** The part of cephes that is used: its own types are not reachable through its package's exports. */
declare module 'cephes' {
  const cephes: {
    readonly compiled: Promise<void>;
    readonly igami: (a: number, q: number) => number;
    readonly incbet: (a: number, b: number, x: number) => number;
    readonly incbi: (a: number, b: number, p: number) => number;
    readonly ndtr: (z: number) => number;
    readonly ndtri: (p: number) => number;
  };
  // biome-ignore lint/style/noDefaultExport: it is what the package exports.
  export default cephes;
}
