import { z } from 'zod';
import { Duration, Name } from '../../src/core/base/option-schemas.ts';
import { Variables } from '../../src/net/variables.ts';
import { ArgumentPatterns } from '../arguments.ts';

const Argv = z
  .tuple(
    [
      z
        .string()
        .min(1)
        .regex(/^[^{}]+$/, 'must be a program, without placeholders'),
    ],
    z.string(),
  )
  .describe(
    'The program and its arguments. `{name}` is a declared argument; `{from}`, `{to}` and `{step}` are the tick. No shell is involved.',
  );

const ProgramOptions = z
  .strictObject({
    argv: Argv,
    args: ArgumentPatterns.default({}).describe(
      'The arguments that rules must give, each with a regular expression that the whole value must match. Default: none.',
    ),
    cwd: z.string().startsWith('/', 'must be an absolute path').optional().describe('The working directory. Default: that of the server.'),
  })
  .superRefine(({ argv, args }, context) => {
    const used = argv.flatMap((text) => [...text.matchAll(/\{([A-Za-z][\w.-]*)\}/g)].map(([, name = '']) => name));
    for (const name of new Set(used)) {
      if (!ownPlaceholders.has(name) && !Object.hasOwn(args, name))
        context.addIssue({ code: 'custom', path: ['argv'], message: `uses {${name}}, which \`args\` does not declare` });
    }
    for (const name of Object.keys(args)) {
      if (!used.includes(name))
        context.addIssue({ code: 'custom', path: ['args', name], message: `is not used: write {${name}} into argv` });
    }
  });

const ownPlaceholders = new Set(['from', 'to', 'step']);

/** The options of an instance: everything but the name of the program, its declared arguments and the JSONPath, which are the rules'. */
export const CommandOptions = z
  .strictObject({
    commands: z
      .record(Name, ProgramOptions)
      .refine((commands) => Object.keys(commands).length > 0, 'must define at least one')
      .describe('The programs that rules may name.'),
    ping: Name.optional().describe(
      'A command without arguments that exits with 0 where all is well, for `bakewatch doctor`. Default: nothing is run.',
    ),
    env: Variables.default({}).describe(
      'Environment variables of all programs. They inherit only PATH, HOME, LANG and the variables of the proxies.',
    ),
    timeout: Duration.default(10_000).describe('How long a program may run before it is killed with all of its processes. Default: 10s.'),
    settle: Duration.default(0).describe('How long after its end a tick may still change. Default: 0s.'),
    concurrency: z.int().min(1).max(100).default(4).describe('Maximum number of programs that run at once. Default: 4.'),
  })
  .refine(({ commands, ping }) => ping === undefined || Object.keys(commands[ping]?.args ?? { none: '' }).length === 0, {
    path: ['ping'],
    message: 'must name a command without `args`',
  });

/** Parsed options of an instance. */
export type ProgramSettings = z.output<typeof CommandOptions>;
