const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Parses a duration such as `15s`, `1h30m` or `7d` to milliseconds. Returns `null` if the text is not a duration. Zero is `0s` or `0`. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return null;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(number) * (units[unit ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : null;
}

/** Formats a duration for people: `90_000` → `1m30s`. Whole milliseconds parse back to the same number. */
export function formatDuration(ms: number): string {
  if (!(ms > 0)) return '0s';
  if (ms < 1 || !Number.isFinite(ms)) return `${Number(ms.toPrecision(3))}ms`;
  let rest = Math.round(ms);
  let text = '';
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
