import { InvalidArgumentError } from 'commander';

/** Reads a share such as `1%` or `0.01`. Throws `InvalidArgumentError`, which the command line reports as a usage error. */
export function readShare(text: string): number {
  const share = /^\d+(\.\d+)?\s*%$/.test(text) ? Number.parseFloat(text) / 100 : Number(text);
  if (!(share > 0 && share < 0.5)) throw new InvalidArgumentError('a share between 0 and 50 %, such as 1%');
  return share;
}
