import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The time between SIGTERM and SIGKILL. */
const killGraceMs = 2_000;

/** Ends all processes of a group: sends SIGTERM, waits, then sends SIGKILL. */
export async function endGroup(group: number): Promise<void> {
  signalGroup(group, 'SIGTERM');
  for (let [waited, pause] = [0, 10]; waited < killGraceMs && isGroupRunning(group); waited += pause) {
    pause = Math.min(2 * pause, 200);
    await delay(pause);
  }
  signalGroup(group, 'SIGKILL');
}

/** Sends a signal to a process group; says whether the group had a process, dead or alive, that could receive it. */
export function signalGroup(group: number, name: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}

/**
 * Whether a process of the group still runs. A zombie does not: it has ended, and stays only until its parent asks how. In a container, orphans get
 * the first process as their parent, which often asks late or never. Without `/proc`, zombies look like processes that run.
 */
export function isGroupRunning(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  const processes = entriesOf('/proc').filter((name) => /^\d+$/.test(name));
  return processes.length === 0 || processes.some((pid) => isRunningMember(pid, group));
}

// `pid (name) state ppid pgrp …`: the name can contain any character, so fields are counted from the last parenthesis.
function isRunningMember(pid: string, group: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(pgrp) === group && state !== 'Z' && state !== 'X';
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
