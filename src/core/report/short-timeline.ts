import type { TimelineEntry } from '../bake/narrate.ts';

type ShownReason = { readonly text: string; readonly check: string | null };

/**
 * Shortens a timeline for a face that shows these reasons above it: an entry names the check instead of its whole headline, and leaves other reasons
 * out. A reason that only the timeline has stays where it comes first. The stored timeline, which is the audit log, keeps every word.
 */
export function shortTimeline(timeline: readonly TimelineEntry[], reasons: readonly ShownReason[]): readonly TimelineEntry[] {
  // The longest first: one reason may be the beginning of another.
  const shown = reasons.filter(({ text }) => text !== '').toSorted((a, b) => b.text.length - a.text.length);
  const texts = new Set<string>();
  return timeline.map((entry) => {
    let { text } = entry;
    for (const reason of shown) text = reason.check === null ? leaveOut(text, reason.text) : text.replaceAll(reason.text, reason.check);
    const isRepeat = texts.has(text) && text.length > maxRepeated;
    texts.add(text);
    return { ...entry, text: isRepeat ? 'as before' : text };
  });
}

/** A text that is no longer than this may be repeated: it is no sentence. */
const maxRepeated = 60;

/** Leaves a reason out where it follows something else. An entry that only consists of it keeps it. */
function leaveOut(text: string, reason: string): string {
  return text.replaceAll(`; ${reason}`, '').replaceAll(`: ${reason}; `, ': ').replaceAll(`: ${reason}`, '');
}
