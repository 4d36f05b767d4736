import type { ServerRuns } from '../cli/program.ts';
import type { Env } from './env.ts';
import { listFiles, readFile } from './files.ts';
import { abortOnStopSignal } from './signals.ts';

/** The server, and the commands that need its code. Each loads its code when it is called: others must start fast. */
export function serverRuns(env: Env, version: string): ServerRuns {
  const now = () => Date.now();
  return {
    serve: async (file, { json }) =>
      (await import('./serve.ts')).serve({ file, env, readFile, listFiles }, { isLogJson: json || !process.stderr.isTTY }),
    demo: async ({ keep, json }) => {
      const { runDemo } = await import('../cli/demo/run-demo.ts');
      const program = process.argv[1] ?? '';
      return await runDemo({
        keep,
        program,
        print: (line) => process.stdout.write(`${json ? JSON.stringify({ text: line }) : line}\n`),
        signal: abortOnStopSignal(),
        env: env.all,
      });
    },
    runDoctor: async (options) =>
      (await import('./doctor/run-doctor.ts')).runDoctor(options, { env, readFile, listFiles, now, signal: abortOnStopSignal() }),
    runAdminLink: async (options) => (await import('./run-admin-link.ts')).runAdminLink(options, { env, readFile, listFiles }),
    runBackup: async (options) =>
      (await import('./run-backup.ts')).runBackup(options, { env, readFile, listFiles, now, version, signal: abortOnStopSignal() }),
    runRestore: async (options) => (await import('./run-backup.ts')).runRestore(options, { env, readFile, listFiles, now }),
  };
}
