import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import type { Place, RollbackOrder } from '../ports/hook.ts';
import type { ShiftOrder } from '../ports/shift-hook.ts';

/** The values that an operator's command may use, by the name of their placeholder; `undefined` if the deploy does not have one. */
export type PlaceholderValues = Readonly<Record<string, string | undefined>>;

const placeNames = ['service', 'environment'];
const orderNames = [...placeNames, 'version', 'commit', 'image', 'from_version', 'order', 'fingerprint'];
const optionalNames = new Set(['commit', 'image', 'fingerprint']);

/** A command that performs an order: a program and its arguments, with placeholders such as `{version}` inside them. */
export const OrderCommand = commandWith(orderNames);

/** A command that performs an order to shift traffic. */
export const ShiftCommand = commandWith([...placeNames, 'version', 'weight', 'order']);

/** A command about a place, without an order: only `{service}` and `{environment}` are known. */
export const PlaceCommand = commandWith(placeNames);

/** A text with `{service}` and `{environment}`, for `fillText`. */
export const PlaceText = z.string().superRefine((text, context) => {
  const problem = placeholderProblem(text, placeNames);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

/** The values of an order. */
export function orderValues({ id, place, from, target }: RollbackOrder): PlaceholderValues {
  const { version, commit, image, fingerprint } = target;
  return { ...placeValues(place), version, commit, image, fingerprint, from_version: from.version, order: id };
}

/** The values of an order to shift traffic. */
export function shiftValues({ id, place, release, weight }: ShiftOrder): PlaceholderValues {
  return { ...placeValues(place), version: release.version, weight: String(weight), order: id };
}

/** The values of a place. */
export function placeValues({ service, environment }: Place): PlaceholderValues {
  return { service, environment };
}

/**
 * Replaces the placeholders inside each argument; arguments are never split or joined. Throws `EffectError` `refused` if a value is missing or does not
 * match the strict pattern of names, so that no value from outside can be an option or be special to a shell.
 */
export function fillArguments(command: NonEmpty<string>, values: PlaceholderValues): NonEmpty<string> {
  const [program, ...args] = command;
  return [program, ...args.map((arg) => fillText(arg, values))];
}

/** Replaces the placeholders in one text. Throws like `fillArguments`. */
export function fillText(text: string, values: PlaceholderValues): string {
  return text.replace(placeholder, (_, name: string) => strictValue(name, values));
}

/** The same values as environment variables (`BAKEWATCH_VERSION` …). Optional values that are missing or not strict names are left out. */
export function environmentOf(values: PlaceholderValues): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (optionalNames.has(name) && (value === undefined || nameProblem(value))) continue;
    variables[`BAKEWATCH_${name.toUpperCase()}`] = strictValue(name, values);
  }
  return variables;
}

const placeholder = /\{([a-z][a-z_]*)\}/g;

function commandWith(known: readonly string[]) {
  const arg = z.string().refine((text) => !text.includes('\0'), { message: 'must not hold a NUL character' });
  return z
    .tuple([arg.min(1).refine((program) => !program.startsWith('-'), { message: 'a program cannot start with -' })], arg)
    .superRefine(([program, ...args], context) => {
      if (program.match(placeholder))
        context.addIssue({ code: 'custom', path: [0], message: 'the program itself cannot hold a placeholder' });
      for (const [index, text] of args.entries()) {
        const problem = placeholderProblem(text, known);
        if (problem) context.addIssue({ code: 'custom', path: [index + 1], message: problem });
      }
    });
}

function placeholderProblem(text: string, known: readonly string[]): string | null {
  const shell = known.find((name) => new RegExp(`\\$${name}\\b`).test(text));
  if (shell !== undefined) return `no shell replaces $${shell}; write {${shell}}`;
  for (const [written, name = ''] of text.matchAll(placeholder)) {
    if (!known.includes(name)) return `unknown placeholder ${written}; known here: ${known.map((each) => `{${each}}`).join(' ')}`;
    if (text.includes(`{${written}}`)) return `write ${written} with single braces`;
  }
  return null;
}

function strictValue(name: string, values: PlaceholderValues): string {
  const value = values[name];
  if (value === undefined) throw new EffectError('refused', `the command needs {${name}}, which the known-good deploy does not have`);
  const problem = nameProblem(value);
  if (problem) throw new EffectError('refused', `{${name}} ${problem}; the command was not run`);
  return value;
}
