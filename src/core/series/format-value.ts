import { formatDuration } from '../base/duration.ts';
import { formatNumber } from '../base/format-number.ts';

/**
 * Formats a measured value in its unit, with at most three significant digits: "149 MB", "230 ms", "4.21 %", "82 orders". Units: `share` (a fraction,
 * shown in percent), `%`, `seconds`, `milliseconds`, `microseconds`, `nanoseconds`, `bytes`, `celsius`, any noun in the plural, a unit per another one
 * (`bytes/second`), or nothing.
 */
export function formatValue(unit: string, value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [amount = '', per] = unit.split('/');
  if (per !== undefined) return `${formatValue(amount, value)}/${per === 'second' || per === 'seconds' ? 's' : per}`;
  if (value < 0) return `-${formatValue(unit, -value)}`;
  const seconds = secondsIn[unit];
  if (seconds !== undefined) return formatSeconds(value * seconds);
  switch (unit) {
    case 'share':
      return formatPercent(value * 100);
    case '%':
      return formatPercent(value);
    case 'bytes':
      return formatBytes(value);
    case 'celsius':
      return `${rounded(value)} °C`;
    case '':
      return formatCount(value);
    default:
      return `${formatCount(value)} ${value === 1 ? singular(unit) : unit}`;
  }
}

/** Formats a number of events or a value without a unit: three significant digits, and words for large numbers: "122 million". */
export function formatCount(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500_000 && size < 999.5e12) return `${rounded(value / 1e9)} billion`;
  return size >= 999_500 && size < 1e12 ? `${rounded(value / 1e6)} million` : rounded(value);
}

/** "requests" → "request". */
export function singular(noun: string): string {
  if (noun.endsWith('ies')) return `${noun.slice(0, -3)}y`;
  return /[^s]s$/.test(noun) ? noun.slice(0, -1) : noun;
}

/** Smaller percentages all read the same. */
const minPercent = 0.001;

/** Near 100 % more digits are needed: 99.97 % is not the same as 100 %. */
function formatPercent(percent: number): string {
  if (percent > 0 && percent < minPercent) return `under ${minPercent} %`;
  const isNearAll = percent > 99 && percent < 100;
  return `${isNearAll ? Number(percent.toFixed(3)) : rounded(percent)} %`;
}

const secondsIn: Readonly<Record<string, number>> = { seconds: 1, milliseconds: 1e-3, microseconds: 1e-6, nanoseconds: 1e-9 };

/** From two minutes on, minutes and hours are easier to read. */
const minSecondsAsDuration = 120;

function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1e-6) return `${rounded(seconds * 1e9)} ns`;
  if (seconds < 999.5e-6) return `${rounded(seconds * 1e6)} µs`;
  if (seconds < 0.9995) return `${rounded(seconds * 1e3)} ms`;
  return seconds < minSecondsAsDuration ? `${rounded(seconds)} s` : formatDuration(Math.round(Number(seconds.toPrecision(3))) * 1000);
}

const byteUnits: readonly string[] = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

function formatBytes(bytes: number): string {
  let [value, i] = [bytes, 0];
  while (value >= 999.5 && i < byteUnits.length - 1) {
    value /= 1000;
    i++;
  }
  return `${rounded(value)} ${byteUnits[i] ?? 'B'}`;
}

function rounded(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}
