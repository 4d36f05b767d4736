import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { AppError } from '../core/base/errors.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import { readRecording } from '../core/recording/read-recording.ts';
import { replay } from '../core/recording/replay.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { type Io, note, sayJson } from './io.ts';

/** The text of a file. */
export async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8');
}

/** Judges every line of a file. Returns the number of lines that could not be judged. */
export async function replayFile(
  { io, analyzers }: Pick<ReplayRun, 'io' | 'analyzers'>,
  file: string,
  flags: ReplayFlags,
): Promise<number> {
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
