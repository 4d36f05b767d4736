/** How one try of a hook ended, and what the hook printed. */
export type AttemptEnd = { readonly outcome: string; readonly summary: string; readonly output: string };

/** The line of the timeline for it. */
export function endedText(number: number, { outcome, summary }: AttemptEnd): string {
  return `attempt ${number}: ${outcome.replaceAll('_', ' ')}: ${summary}`;
}
