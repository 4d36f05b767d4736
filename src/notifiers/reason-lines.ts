import { oneLine } from './one-line.ts';

type Room = {
  /** How long all lines may be together, with a separator of up to four characters each. */
  readonly room: number;
  /** How long one of them may be, and how many there may be. */
  readonly each: number;
  readonly most: number;
  readonly quote?: (character: string) => string;
};

/** One line a reason, as many as fit; the last line says how many do not. */
export function reasonLines(reasons: readonly string[], { room, each, most, quote }: Room): readonly string[] {
  const lines: string[] = [];
  let left = room - 30;
  for (const reason of reasons.slice(0, most)) {
    const line = `• ${oneLine(reason, each - 2, quote)}`;
    left -= line.length + 4;
    if (left < 0) break;
    lines.push(line);
  }
  const untold = reasons.length - lines.length;
  return untold === 0 ? lines : [...lines, `… and ${untold} more`];
}
