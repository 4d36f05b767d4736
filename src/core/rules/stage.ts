/** One stage of a bake: the release's share of the traffic in percent, and how long the release is judged with it. */
export type Stage = { readonly weight: number; readonly forMs: number };

/** How the traffic of a bake is shifted: by which hook and through which stages. The last stage is always 100 %. */
export type Traffic = { readonly hook: string; readonly stages: readonly Stage[] };

/** Formats a share of the traffic. */
export function formatWeight(weight: number): string {
  return `${weight} %`;
}
