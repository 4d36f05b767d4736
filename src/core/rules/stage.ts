/** One stage of a bake: how much of the traffic the release gets, in percent, and how long it is judged with that. */
export type Stage = { readonly weight: number; readonly forMs: number };

/** How a bake's traffic is shifted: who shifts it, and through which stages. The last one is always 100 %. */
export type Traffic = { readonly hook: string; readonly stages: readonly Stage[] };

/** A share of the traffic in words. */
export function formatWeight(weight: number): string {
  return `${weight} %`;
}
