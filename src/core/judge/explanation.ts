/**
 * A verdict in words, in layers: what a tired person reads first, then why, then what to know.
 * `headline`: what was measured, in the metric's own unit: "77 % of requests slower than 50 ms, was 65 %". With the name of its check it has at most
 * `maxHeadline` characters. `because`: compared with what, and how sure: "compared with the last 2 h; very sure: one healthy bake in 10,000 looks like
 * this". `notes`: limits of the measurement, such as bucket bounds or a short past.
 */
export type Explanation = { readonly headline: string; readonly because: string; readonly notes: readonly string[] };

/** Maximum length of a headline with the name of its check. */
export const maxHeadline = 80;

/** All layers in one text. Recordings keep it as `reason`. */
export function joinExplanation({ headline, because, notes }: Explanation): string {
  return [headline, because, ...notes].filter((part) => part !== '').join('; ');
}

/** The words of a verdict: its layers, and all of them in one text, made together so that they cannot differ. Empty notes are left out. */
export function explain(
  headline: string,
  because = '',
  notes: readonly string[] = [],
): { readonly reason: string; readonly explanation: Explanation } {
  const explanation = { headline, because, notes: notes.filter((note) => note !== '') };
  return { reason: joinExplanation(explanation), explanation };
}

/** The maximum length of a headline without the name of its check: names up to 15 characters fit in front of it. */
const maxWithoutName = maxHeadline - 17;

/** The first of several wordings, the most complete one first, that fits in a headline; else the last one. */
export function fitHeadline(...wordings: readonly string[]): string {
  return wordings.find((text) => [...text].length <= maxWithoutName) ?? wordings.at(-1) ?? '';
}
