const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration as people write it, with its two largest units and no-break spaces: "5 min 50 s", "1 h 30 min". */
export function durationWords(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1_000) * 1_000);
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return '0\u00a0s';
  const [, smallest] = units[Math.min(first + 1, units.length - 1)] ?? units[3];
  let rest = Math.round(whole / smallest) * smallest;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}\u00a0${unit}`);
    rest -= count * size;
  }
  return parts.slice(0, 2).join('\u00a0');
}
