import type { Attempt } from '../../src/ports/audit-log.ts';
import type { ProcessRef, ProcessTable } from '../../src/ports/process-table.ts';

export const here = { host: 'shop-1', space: 'boot 1', pid: 1, start: '100' } as const;

/** What an attempt of a server on this machine stores that has ended, and whose program has the pid 20. */
export const fromHere = {
  owner: { ...here, pid: 10, start: '1' },
  program: { pid: 20, start: '2' },
} as const satisfies Partial<Attempt>;

/** The processes of a machine: those with the pids of `running`, whatever their start. `ended` lists the programs that were ended. */
export function createFakeProcesses(...pids: readonly number[]) {
  const running = new Set(pids);
  const ended: ProcessRef[] = [];
  const processes: ProcessTable = {
    self: here,
    isRunning: ({ pid }) => running.has(pid),
    async end(program) {
      running.delete(program.pid);
      ended.push(program);
    },
    watch: (_, work) => work(),
  };
  return { processes, running, ended };
}
