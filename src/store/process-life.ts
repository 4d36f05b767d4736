import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** When a process started, in the format of the system; `null` where it does not live (a zombie does not). It detects a reused pid. */
export function startOf(pid: number): string | null {
  return existsSync('/proc/self/stat') ? startFromProc(pid) : startFromPs(pid);
}

// `pid (name) state … starttime …`: the name can contain any character, so fields are counted from the last parenthesis.
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

/** Whether the process lives and was started as this program with this argument. */
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

/** Names the space in which pids are valid: this boot of this machine, and on Linux the pid namespace of the container. */
export function pidSpace(): string {
  const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: the host name is used instead.
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
