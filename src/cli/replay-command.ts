import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Command } from 'commander';
import { AppError } from '../core/base/errors.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import { readRecording } from '../core/recording/read-recording.ts';
import { replay } from '../core/recording/replay.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { CliDeps } from './deploy-command.ts';
import { type Io, note, sayJson } from './io.ts';
import { readShare } from './read-share.ts';

export type ReplayDeps = Pick<CliDeps, 'io' | 'done'> & {
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly parseRules: (text: string, file: string) => RuleSet;
};

/** Adds `replay`: judges recordings again, and prints a line for each. Needs no server. */
export function addReplayCommand(program: Command, deps: ReplayDeps): void {
  program
    .command('replay')
    .description('judge recordings again, offline: prints one line of JSON for each')
    .argument('<file...>', 'JSON Lines, plain or .gz')
    .option('--rules <file>', 'judge with the checks of this rule file, matched by name')
    .option('--false-alarms <share>', 'how often a healthy bake may fail, for all its checks together', readShare)
    .action(async (files: readonly string[], { rules, falseAlarms }: { rules?: string; falseAlarms?: number }) => {
      const ruleSet = rules === undefined ? null : deps.parseRules(await readFile(rules, 'utf8'), rules);
      let failures = 0;
      for (const file of files) failures += await replayFile(deps, file, { ruleSet, falseAlarms });
      deps.done(failures === 0 ? 0 : 2);
    });
}

/** Judges every line of a file. Returns the number of lines that could not be judged. */
async function replayFile({ io, analyzers }: ReplayDeps, file: string, flags: ReplayFlags): Promise<number> {
  let [number, failures] = [0, 0];
  for await (const line of linesOf(file)) {
    number++;
    if (line.trim() === '') continue;
    if (!judgeLine({ io, analyzers, ...flags }, line, `${file}:${number}`)) failures++;
  }
  return failures;
}

type ReplayFlags = { readonly ruleSet: RuleSet | null; readonly falseAlarms: number | undefined };
type ReplayRun = ReplayFlags & { readonly io: Io; readonly analyzers: ReadonlyMap<string, Analyzer> };

function judgeLine({ io, analyzers, ...flags }: ReplayRun, line: string, place: string): boolean {
  const read = readRecording(line);
  if (!read.ok) {
    note(io, `${place}: ${read.field === '' ? '' : `${read.field}: `}${read.message}`);
    return false;
  }
  try {
    sayJson(io, replay(read.recording, { analyzers, ...flags }));
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    note(io, `${place}: rules: ${error.message}`);
    return false;
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file);
  const text = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream;
  stream.on('error', (error) => text.destroy(error));
  try {
    yield* createInterface({ input: text, crlfDelay: Infinity });
  } catch (error) {
    throw new AppError('invalid', `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
