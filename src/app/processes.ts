import { hostname } from 'node:os';
import { endGroup } from '../net/process-group.ts';
import { watchPrograms } from '../net/program-watch.ts';
import type { ProcessRef, ProcessTable } from '../ports/process-table.ts';
import { pidSpace, startOf } from '../store/process-life.ts';

/** The processes of this machine. */
export function createProcesses(): ProcessTable {
  const isRunning = ({ pid, start }: ProcessRef) => startOf(pid) === start;
  return {
    self: { host: hostname(), space: pidSpace(), pid: process.pid, start: startOf(process.pid) ?? '' },
    isRunning,
    async end(program) {
      if (isRunning(program)) await endGroup(program.pid);
    },
    watch: ({ looking, starting, started }, work) =>
      watchPrograms(
        {
          looking,
          starting,
          started: (pid) => {
            const start = startOf(pid);
            // A program that has ended already leaves the attempt without one: that it is over is not known.
            if (start !== null) started({ pid, start });
          },
        },
        work,
      ),
  };
}
