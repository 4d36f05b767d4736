import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../core/base/errors.ts';
import { pidSpace, startOf } from './process-life.ts';

/** The process that holds a data directory. Its pid is valid only in its own pid `space`; elsewhere only the modification time of the file shows life. */
const Holder = z.object({ pid: z.number(), startedAt: z.string(), space: z.string(), host: z.string(), id: z.string() });
type Holder = z.output<typeof Holder>;

const beatMs = 1_000;
const silenceMs = 5_000;

/**
 * Locks a data directory for this process. Throws with the pid of the holder while another process has it. Takes the lock over where the holder is dead
 * (killed, or its pid reused). Returns a function that releases the lock.
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const file = join(directory, 'bakewatch.lock');
  const mine: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? '', space: pidSpace(), host: hostname(), id: randomUUID() };
  for (let tries = 0; tries < 10; tries += 1) {
    if (claim(file, mine)) {
      const beat = setInterval(() => touch(file), beatMs).unref();
      return () => {
        clearInterval(beat);
        if (read(file)?.id === mine.id) rmSync(file, { force: true });
      };
    }
    const holder = read(file);
    if (await isAlive(file, holder)) throw refusal(directory, holder);
    removeStale(file, holder);
  }
  throw new AppError('conflict', `several processes want the data directory ${directory}; start only one of them`);
}

// Written under another name and then linked, so that the lock file always has its content.
function claim(file: string, mine: Holder): boolean {
  const aside = `${file}.${mine.id}`;
  try {
    writeFileSync(aside, JSON.stringify(mine), { mode: 0o600 });
    linkSync(aside, file);
    return read(file)?.id === mine.id;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

async function isAlive(file: string, holder: Holder | null): Promise<boolean> {
  if (holder === null) return false;
  if (holder.space === pidSpace()) return startOf(holder.pid) === holder.startedAt;
  // Its pid is not valid here (another container or machine, or an earlier boot). It is alive if the modification time of the file changes.
  const before = beatOf(file);
  for (let waited = 0; waited < silenceMs; waited += 100) {
    await setTimeout(100);
    if (beatOf(file) !== before) return true;
  }
  return false;
}

// Renamed first, so that only one of several processes removes it. If it turns out to be a fresh lock of another process, it is put back.
function removeStale(file: string, dead: Holder | null): void {
  const aside = `${file}.dead.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (dead !== null && read(aside)?.id !== dead.id) linkSync(aside, file);
  } catch {
    // Another process removed or took it. The next try finds out.
  } finally {
    rmSync(aside, { force: true });
  }
}

function refusal(directory: string, holder: Holder | null): AppError {
  const who = `process ${holder?.pid ?? 'unknown'}${holder && holder.host !== hostname() ? ` on ${holder.host}` : ''}`;
  return new AppError('conflict', `the data directory ${directory} is in use by ${who}; stop it, or use another directory`);
}

function read(file: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function beatOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The directory was removed: there is nothing left to lock.
  }
}
