import { oneLine } from './one-line.ts';

type LineLimits = {
  /** The maximum length of all lines, with a separator of up to four characters each. */
  readonly totalLength: number;
  /** The maximum length of one line. */
  readonly lineLength: number;
  readonly maxLines: number;
  readonly escapeCharacter?: (character: string) => string;
};

/** One line per reason, as many as fit. If some do not fit, the last line says how many. */
export function reasonLines(
  reasons: readonly string[],
  { totalLength, lineLength, maxLines, escapeCharacter }: LineLimits,
): readonly string[] {
  const lines: string[] = [];
  let remaining = totalLength - 30;
  for (const reason of reasons.slice(0, maxLines)) {
    const line = `• ${oneLine(reason, lineLength - 2, escapeCharacter)}`;
    remaining -= line.length + 4;
    if (remaining < 0) break;
    lines.push(line);
  }
  const omitted = reasons.length - lines.length;
  return omitted === 0 ? lines : [...lines, `… and ${omitted} more`];
}
