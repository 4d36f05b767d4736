import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import type { Labelled } from './families.ts';

const Labels = z.record(
  z.string(),
  z.object({
    label: z.enum(['good', 'bad']),
    family: z.string(),
    effect: z
      .string()
      .nullish()
      .transform((v) => v ?? undefined),
    onset: z
      .number()
      .nullish()
      .transform((v) => v ?? undefined),
    wald: z
      .number()
      .nullish()
      .transform((v) => v ?? undefined),
  }),
);

/** The recordings of one packed set with their labels; nothing where the set is not there. */
export async function* labelledSet(directory: string, name: string): AsyncGenerator<Labelled> {
  const file = `${directory}/${name}.jsonl.gz`;
  if (!existsSync(file)) return;
  const labels = Labels.parse(JSON.parse(await readFile(`${directory}/${name}.labels.json`, 'utf8')));
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const read = readRecording(line);
    if (!read.ok) throw new Error(`${file}: ${read.field}: ${read.message}`);
    const label = labels[read.recording.id];
    if (label !== undefined) yield { recording: read.recording, label };
  }
}
