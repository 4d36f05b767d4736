import { escapeText } from './escape-text.ts';
import type { DrawnChart, DrawnMark, Flag, Frame } from './layout.ts';
import { isoOf, round } from './scale.ts';
import { colors } from './strokes.ts';
import { shorten, textWidth } from './text-width.ts';

export const flagHeight = 15;

/** Marks that are closer than this share one text. */
const minDistance = 14;

/** What is worth avoiding: another row of texts, a line through a text, a text on the other side of its line, and one over its line. */
const costs = { row: 3, crossing: 4, side: 0.5, moved: 1 };

/** Places the marks as flags. Texts never overlap each other and stay within the drawing; lines cross them only where there is no other place. */
export function flagsOf({ marks }: Pick<DrawnChart, 'marks'>, x: Frame['x'], width: number): readonly Flag[] {
  let flags: readonly Flag[] = [];
  for (const group of grouped(marks, x)) flags = placed(flags, group, { x, width });
  return flags;
}

function grouped(marks: readonly DrawnMark[], x: Frame['x']): readonly (readonly DrawnMark[])[] {
  const groups: DrawnMark[][] = [];
  for (const mark of marks.toSorted((a, b) => a.at - b.at)) {
    const before = groups.at(-1)?.at(-1);
    if (before !== undefined && x(mark.at) - x(before.at) < minDistance) groups.at(-1)?.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

function textOf(group: readonly DrawnMark[]): string {
  // The stages of a rollout are many, so they have no time: the axis shows it.
  const times = group.map(({ kind, at }) => (kind === 'shifted' ? '' : ` ${isoOf(at).slice(11, 16)}`));
  return group.map(({ label }, i) => `${label}${times[i] === times[i + 1] ? '' : times[i]}`).join(', ');
}

type FlagSpace = { readonly x: Frame['x']; readonly width: number };

/** Adds a flag at the place with the lowest cost, in a row that is there or in a new one at the top or the bottom. */
function placed(flags: readonly Flag[], marks: readonly DrawnMark[], { x, width }: FlagSpace): readonly Flag[] {
  const text = shorten(textOf(marks), width - 16);
  const size = textWidth(text);
  const [first, last] = [x(marks[0]?.at ?? 0), x(marks.at(-1)?.at ?? 0)];
  const rows = Math.max(0, ...flags.map(({ row }) => row + 1));
  // What happened before the deploy is less important than what came after it, so the name of the deploy covers that side.
  const isLeft = marks[0]?.kind === 'deployed';
  const starts = [
    { start: last + 4, cost: isLeft ? costs.side : 0 },
    { start: first - 4 - size, cost: isLeft ? 0 : costs.side },
    { start: Math.max(4, Math.min(last + 4, width - 4 - size)), cost: costs.moved },
  ].filter(({ start }) => start >= 3.9 && start + size <= width - 3.9);
  let best: { readonly cost: number; readonly flags: readonly Flag[] } | null = null;
  for (let row = -1; row <= rows; row++) {
    for (const { start, cost } of starts) {
      const flag: Flag = { marks, text, start, end: start + size, row };
      if (flags.some((other) => other.row === row && overlap(other, flag))) continue;
      const total = cost + (row < 0 || (row === rows && rows > 0) ? costs.row : 0) + costs.crossing * crossings(flag, flags, x);
      if (best === null || total < best.cost) best = { cost: total, flags: [...flags, flag] };
    }
  }
  const all = best?.flags ?? flags;
  return all.some(({ row }) => row < 0) ? all.map((flag) => ({ ...flag, row: flag.row + 1 })) : all;
}

function overlap(a: Flag, b: Flag): boolean {
  return a.start < b.end + 6 && b.start < a.end + 6;
}

/** How many lines would cross a text: the line of a flag runs from its row down. */
function crossings(flag: Flag, others: readonly Flag[], x: Frame['x']): number {
  const crosses = (upper: Flag, lower: Flag) =>
    upper.marks.filter(({ at }) => upper.row <= lower.row && x(at) > lower.start - 2 && x(at) < lower.end + 2).length;
  return crosses(flag, flag) + others.reduce((sum, other) => sum + crosses(flag, other) + crosses(other, flag), 0);
}

/** Draws the flags. The texts have an outline in the color of the background, in case a line crosses them. */
export function drawFlags(flags: readonly Flag[], { x, top, bottom }: Frame, background: string): string {
  const rows = Math.max(0, ...flags.map(({ row }) => row + 1));
  const y = (row: number) => top - 9 - (rows - 1 - row) * flagHeight;
  const lines = flags.flatMap(({ marks, row }) =>
    marks.map(({ kind, at }) => {
      const ink = kind === 'judged_bad' ? colors.failed : 'currentColor';
      return `<line x1="${round(x(at))}" x2="${round(x(at))}" y1="${y(row) - 10}" y2="${round(bottom)}" stroke="${ink}" stroke-opacity="0.7"/>`;
    }),
  );
  const texts = flags.map(
    ({ text, start, row }) =>
      `<text x="${round(start)}" y="${y(row)}" stroke="${background}" stroke-width="3" paint-order="stroke">${escapeText(text)}</text>`,
  );
  return [...lines, ...texts].join('');
}
