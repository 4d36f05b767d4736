import type { NonEmpty } from '../core/base/non-empty.ts';

/**
 * One line of POSIX shell that runs exactly these arguments. Arguments with special characters are put in single quotes. Simple words stay without
 * quotes, so that a forced command can compare `SSH_ORIGINAL_COMMAND` with what a person would write.
 */
export function shellQuote(argv: NonEmpty<string>): string {
  return argv.map((arg) => (/^[A-Za-z0-9_./:@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
}
