/** Formats a number for people: four significant digits, no decimals from 1,000 on, grouped thousands, no trailing zeros. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(2);
  return formatter(size >= 1000).format(value);
}

// Intl formatters are expensive to construct: reuse them, and construct none where no number is printed.
let wholeNumber: Intl.NumberFormat | undefined;
let fourDigits: Intl.NumberFormat | undefined;

function formatter(isWhole: boolean): Intl.NumberFormat {
  if (isWhole) {
    wholeNumber ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
    return wholeNumber;
  }
  fourDigits ??= new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
  return fourDigits;
}

/** Formats a share as a percentage: `0.0421` → `4.21 %`. */
export function formatShare(value: number): string {
  return `${formatNumber(value * 100)} %`;
}
