import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { type FakeProgram, runInProcess } from './fake-program.ts';
import { startRealPrograms } from './real-program.ts';

/** How fake programs run: inside this process, or as real processes. */
export type Programs = 'in this process' | 'as real processes';

/** Fake programs that a hook can run: the path of each program, and the dependencies of the hook. */
export type ProgramWorld<Name extends string> = {
  readonly paths: Readonly<Record<Name, string>>;
  readonly deps: HookDeps;
  close(): Promise<void>;
};

const http = createHttp();

/** Makes fake programs runnable. Inside this process, each program has its name as its path. */
export async function openPrograms<Name extends string>(
  how: Programs,
  programs: Readonly<Record<Name, FakeProgram>>,
): Promise<ProgramWorld<Name>> {
  if (how === 'as real processes') {
    const { paths, close } = await startRealPrograms(programs);
    return { paths, deps: { http, run: createRunProcess({ PATH: process.env.PATH }) }, close };
  }
  // Object.fromEntries loses the names of the keys.
  const paths = Object.fromEntries(Object.keys(programs).map((name) => [name, name])) as Record<Name, string>;
  return { paths, deps: { http, run: runInProcess(programs) }, close: async () => {} };
}
