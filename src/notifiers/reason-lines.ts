import { oneLine } from './one-line.ts';

type LineLimits = {
  /** The maximum length of all lines, with a separator of up to four characters each. */
  readonly totalLength: number;
  /** The maximum length of one line. */
  readonly lineLength: number;
  readonly maxLines: number;
  readonly escapeCharacter?: (character: string) => string;
  /** Stands before each line. Default: a bullet. */
  readonly bullet?: string;
};

/** One line per reason, as many as fit. If some do not fit, the last line says how many. */
export function reasonLines(
  reasons: readonly string[],
  { totalLength, lineLength, maxLines, escapeCharacter, bullet = '• ' }: LineLimits,
): readonly string[] {
  const lines: string[] = [];
  let remaining = totalLength - 30;
  for (const reason of reasons.slice(0, maxLines)) {
    const line = `${bullet}${oneLine(reason, lineLength - bullet.length, escapeCharacter)}`;
    remaining -= line.length + 4;
    if (remaining < 0) break;
    lines.push(line);
  }
  const omitted = reasons.length - lines.length;
  return omitted === 0 ? lines : [...lines, `… and ${omitted} more`];
}
