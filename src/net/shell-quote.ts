import type { NonEmpty } from '../core/base/non-empty.ts';

/**
 * One line of POSIX shell that runs exactly these arguments. Arguments that a shell would change are put in single quotes. All others stay without quotes,
 * so that a forced command can compare `SSH_ORIGINAL_COMMAND` with what a person would write.
 */
export function shellQuote([program, ...args]: NonEmpty<string>): string {
  const isPlainProgram = plainWord.test(program) && !program.includes('=');
  return [isPlainProgram ? program : quote(program), ...args.map((arg) => (plainWord.test(arg) ? arg : quote(arg)))].join(' ');
}

/**
 * A word that means itself as an argument. A shell expands `~` at the start of a word, and bash also after `=` and `:`; zsh expands `=` at the start.
 * As the program, a word with `=` would be an assignment.
 */
const plainWord = /^(?!=)(?:[A-Za-z0-9_./:@%+,=-]|(?<=[A-Za-z0-9_./@%+,~-])~)+$/;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
