import { didYouMean } from '../../src/core/base/did-you-mean.ts';
import type { NonEmpty } from '../../src/core/base/non-empty.ts';
import { type ArgumentState, argumentProblem } from '../arguments.ts';
import type { ProgramSettings } from './options.ts';

/** A program with all of its arguments, or what is wrong with how a rule names it. */
export type ProgramChoice =
  | { readonly ok: true; readonly argv: NonEmpty<string>; readonly cwd: string | undefined }
  | { readonly ok: false; readonly problem: string };

/** Reads `NAME argument=value …` of a rule and fills the values in. Each lies inside of one argument, so it can neither add one nor reach a shell. */
export function readCall(target: string, { commands }: Pick<ProgramSettings, 'commands'>, state: ArgumentState): ProgramChoice {
  const [name = '', ...words] = target.split(/\s+/);
  const program = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!program)
    return refused(
      `the config has no command named ${JSON.stringify(name.slice(0, 60))}: ${didYouMean(name, Object.keys(commands), 'defined')}`,
    );
  const values = new Map<string, string>();
  for (const word of words) {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === '') return refused(`${JSON.stringify(word.slice(0, 60))} is not an argument: write name=value`);
    // Not even where the operator's pattern allows it: it could become an option of the program.
    const wrong = value.startsWith('-')
      ? `the value of ${key} begins with "-"`
      : argumentProblem(program.args, { name: key, value }, state);
    if (wrong !== null) return refused(wrong);
    if (values.has(key)) return refused(`${key} is given twice`);
    values.set(key, value);
  }
  const missing = Object.keys(program.args).find((key) => !values.has(key));
  if (missing !== undefined) return refused(`the command ${name} needs ${missing}=…`);
  const filled = (text: string) => text.replace(/\{([A-Za-z][\w.-]*)\}/g, (whole, key: string) => values.get(key) ?? whole);
  const [first, ...rest] = program.argv;
  return { ok: true, argv: [first, ...rest.map(filled)], cwd: program.cwd };
}

function refused(problem: string): ProgramChoice {
  return { ok: false, problem };
}
