import type { ServerRuns } from '../cli/program.ts';
import { AppError } from '../core/base/errors.ts';
import type { Env } from './env.ts';

/** The commands of the server, where only the command line is installed: each says which package has it. */
export function absentRuns(_env: Env, version: string): ServerRuns {
  const refuse = (command: string) => async (): Promise<never> => {
    const how = `npx bakewatch@${version} ${command} …, or npm install --global bakewatch@${version}`;
    throw new AppError('invalid', `\`${command}\` needs the server, which this package (bakewatch-cli) does not contain: ${how}`);
  };
  return {
    serve: refuse('serve'),
    demo: refuse('demo'),
    runDoctor: refuse('doctor'),
    runAdminLink: refuse('admin-link'),
    runBackup: refuse('backup'),
    runRestore: refuse('restore'),
  };
}
