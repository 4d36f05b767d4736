import { parentPort, workerData } from 'node:worker_threads';
import { analyzers } from '../../analyzers/index.ts';
import { AppError } from '../core/base/errors.ts';
import { readRecording } from '../core/recording/read-recording.ts';
import { replay } from '../core/recording/replay.ts';
import type { ReplayOutcome, ReplayTask } from './replay-in-worker.ts';

// Judges one recording in a thread of its own, and ends.
// A cast: `createReplays` is the only one that starts this thread.
parentPort?.postMessage(outcomeOf(workerData as ReplayTask));

function outcomeOf({ recording, ruleSet, falseAlarms }: ReplayTask): ReplayOutcome {
  const read = readRecording(recording);
  if (!read.ok) return { refusal: `recording${read.field === '' ? '' : `.${read.field}`}: ${read.message}` };
  try {
    return { result: replay(read.recording, { analyzers, ruleSet, falseAlarms }) };
  } catch (error) {
    if (error instanceof AppError) return { refusal: `rules: ${error.message}` };
    throw error;
  }
}
