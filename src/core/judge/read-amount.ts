import type { Amount } from '../rules/written-values.ts';
import type { RuleCursor } from './condition-rule.ts';

type AmountBound = { readonly kind: 'ratio' | 'rate' | 'value'; readonly side: 'above' | 'below' };

/** Reads the number of a bound. Returns `null` and reports the problem if the bound makes no sense for the kind of check. */
export function readBound(cursor: RuleCursor, amount: Amount, { kind, side }: AmountBound): number | null {
  if (kind === 'ratio') return readRatioBound(cursor, amount, side);
  if (amount.isPercent) {
    cursor.problem(
      `a ${kind} is a plain number, but ${amount.text} is a percentage`,
      'write a number here, or `relative:` for a share of the baseline',
    );
    return null;
  }
  if (kind === 'rate' && (amount.value < 0 || (amount.value === 0 && side === 'below'))) {
    cursor.problem(`a number of events is never below ${side === 'below' ? amount.text : '0'}`);
    return null;
  }
  return amount.value;
}

function readRatioBound(cursor: RuleCursor, amount: Amount, side: 'above' | 'below'): number | null {
  if (!amount.isPercent && amount.value > 1) return tooLarge(cursor, amount);
  const neverAbove = side === 'above' && amount.value >= 1;
  const neverBelow = side === 'below' && amount.value <= 0;
  if (neverAbove || neverBelow) cursor.problem(`a share is never ${side} ${amount.text}, so this could never fail`);
  else if (amount.value < 0 || amount.value > 1) cursor.problem(`a share is always ${side} ${amount.text}, so this would always fail`);
  else return amount.value;
  return null;
}

/** Reads the number of a share. Returns `null` and reports the problem if it is invalid. `max` is the largest valid plain number; 1 means 100 %. */
export function readShare(cursor: RuleCursor, amount: Amount, max = 1): number | null {
  if (!amount.isPercent && amount.value > max) return tooLarge(cursor, amount);
  if (amount.value < 0) cursor.problem(`${amount.text} is negative`, 'write a share such as 20% or 0.2');
  else if (max === 1 && amount.value >= 1) cursor.problem(`${amount.text} is everything, so this could never fail`, 'write less than 100%');
  else if (amount.value > 1000) cursor.problem(`${amount.text} is too much`, 'the maximum is 100000%');
  else return amount.value;
  return null;
}

function tooLarge(cursor: RuleCursor, { value, text }: Amount): null {
  cursor.problem(`${text} means ${Number((value * 100).toPrecision(12))}%`, `write ${text}% or ${Number((value / 100).toPrecision(12))}`);
  return null;
}
