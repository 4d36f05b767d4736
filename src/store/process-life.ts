import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** When a process started, in the system's own words; `null` where no such process lives (a zombie does not). Tells a reused pid from its former holder. */
export function startOf(pid: number): string | null {
  return existsSync('/proc/self/stat') ? startFromProc(pid) : startFromPs(pid);
}

// `pid (name) state … starttime …`: the name may hold anything, so fields are counted from the last parenthesis.
function startFromProc(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

function startFromPs(pid: number): string | null {
  try {
    const [state = '', ...rest] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : rest.join(' ');
  } catch {
    return null;
  }
}

/** Whether a live process was started as the given program with the given argument. */
export function isRunning(pid: number, program: string, argument: string): boolean {
  if (startOf(pid) === null) return false;
  const line = existsSync('/proc/self/stat') ? readOrNull(`/proc/${pid}/cmdline`)?.split('\0').join(' ') : commandFromPs(pid);
  return line?.includes(program) === true && line.includes(argument);
}

function commandFromPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return null;
  }
}

/** Names the space in which pids mean something: this boot of this machine, and on Linux the container's own pids. */
export function pidSpace(): string {
  const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: the host's name must do.
  }
  return boot === '' ? hostname() : `${boot} ${namespace}`;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
