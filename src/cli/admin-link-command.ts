import type { Command } from 'commander';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

export type AdminLinkOptions = { readonly config: string };

/** A link that works once, and for how many minutes. */
export type AdminLink = { readonly url: string; readonly minutes: number };

/** Throws `ConfigError` and `AppError`. */
export type RunAdminLink = (options: AdminLinkOptions) => Promise<AdminLink>;

type AdminLinkDeps = Pick<CliDeps, 'io' | 'done'> & { readonly runAdminLink: RunAdminLink };

/** Adds `admin-link`: for the first admin, and for emergencies. It works on the machine of the server, and needs no token. */
export function addAdminLinkCommand(program: Command, { io, done, runAdminLink }: AdminLinkDeps): void {
  program
    .command('admin-link')
    .description('print a link that signs its holder in as admin, once; run it on the machine of the server, while it runs')
    .option('-c, --config <file>', "the operator's config", 'bakewatch.yaml')
    .option('--json', 'print the result as JSON')
    .action(async ({ config, json }: AdminLinkOptions & { json?: boolean }) => {
      const { url, minutes } = await runAdminLink({ config });
      if (json === true) sayJson(io, { url, minutes });
      else say(io, url);
      note(io, `It works once, in the next ${minutes} minutes, and makes its holder an admin: send it to nobody.`);
      done(0);
    });
}
