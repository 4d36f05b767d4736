import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { AppError, ConfigError, formatProblem } from '../core/base/errors.ts';
import { addAdminLinkCommand, type RunAdminLink } from './admin-link-command.ts';
import { addAuditCommand } from './audit-command.ts';
import { addBacktestCommand, type RunBacktest } from './backtest-command.ts';
import { addBackupCommands, type BackupDeps } from './backup-command.ts';
import { addCheckCommand, type CheckFiles, type RunLiveCheck } from './check-command.ts';
import { createClient } from './client.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addDeployCommands, type CliDeps } from './deploy-command.ts';
import { addDoctorCommand, type RunDoctor } from './doctor-command.ts';
import { addDrillCommand } from './drill-command.ts';
import { addExamples } from './examples.ts';
import { exitCodeHelp, exitCodeOfError } from './exit-codes.ts';
import { fileProblem } from './file-problem.ts';
import { addGateCommand, type RunGate } from './gate-command.ts';
import { addInitCommand } from './init-command.ts';
import type { RunProposals } from './init-from.ts';
import { type Io, note } from './io.ts';
import { addNotifyCommand } from './notify-command.ts';
import { addOperateCommands } from './operate-commands.ts';
import { addReloadCommand } from './reload-command.ts';
import { addReplayCommand, type ReplayDeps } from './replay-command.ts';
import { addSessionCommands } from './session-command.ts';
import { addStatusCommand } from './status-command.ts';
import { addTokenCommands } from './token-commands.ts';

/** The commands that work on files and ask providers. */
export type ToolRuns = Pick<ReplayDeps, 'loadJudge'> & {
  readonly checkFiles: CheckFiles;
  readonly runLiveCheck: RunLiveCheck;
  readonly runBacktest: RunBacktest;
  readonly runGate: RunGate;
  readonly runProposals: RunProposals;
};

/** The commands that need the code of the server. */
export type ServerRuns = BackupDeps & {
  readonly runDoctor: RunDoctor;
  readonly runAdminLink: RunAdminLink;
  /** Runs the server until a signal stops it; returns the exit code. */
  readonly serve: (configFile: string, options: { readonly json: boolean }) => Promise<number>;
  readonly demo: (options: DemoFlags) => Promise<number>;
};

type DemoFlags = { readonly keep: boolean; readonly json: boolean };

export type ProgramDeps = ToolRuns &
  ServerRuns & {
    readonly io: Io;
    readonly version: string;
    readonly serverUrl: string;
    readonly token: string | null;
    /** Whether the environment allows to send the token over plain HTTP to another machine. */
    readonly isInsecure?: boolean;
    /** Calls the server. Default: Node's own client. */
    readonly fetch?: typeof fetch;
  };

/** Runs one command line (without `node` and the script) and returns its exit code. Prints errors as text; never throws. */
export async function runProgram(argv: readonly string[], deps: ProgramDeps): Promise<number> {
  const { io } = deps;
  let code = 0;
  const program = buildProgram(deps, (next) => {
    code = next;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    for (const line of linesOf(error)) note(io, line);
    return exitCodeOfError(error);
  }
}

/** All commands of the command line. `done` gets the exit code of the one that runs. */
export function buildProgram(deps: ProgramDeps, done: (code: number) => void): Command {
  const { io } = deps;
  const program = new Command('bakewatch')
    .description('Watches every deploy while it bakes, and rolls a bad one back to the last good release.')
    .version(deps.version, '-V, --version')
    .option('--url <url>', 'the address of the server (or BAKEWATCH_URL); the token is read from BAKEWATCH_TOKEN', checkUrl, deps.serverUrl)
    .option('--insecure', 'send the token over plain HTTP to another machine, too (or BAKEWATCH_INSECURE=1)', deps.isInsecure === true)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out.write(text), writeErr: (text) => io.err.write(text) })
    .addHelpText('after', `\n${exitCodeHelp}`);
  const cli: CliDeps = {
    io,
    done,
    client: () => {
      const { url, insecure: isInsecureAllowed } = program.opts<{ url: string; insecure: boolean }>();
      return createClient({ url, token: deps.token, isInsecureAllowed, fetch: deps.fetch });
    },
  };
  program
    .command('serve')
    .description('run the server')
    .option('-c, --config <file>', "the operator's config", 'bakewatch.yaml')
    .option('--json', 'write the log as lines of JSON on a terminal, too')
    .action(async ({ config, json = false }: { config: string; json?: boolean }) => done(await deps.serve(config, { json })));
  program
    .command('demo')
    .description('show a bad release of a small shop being rolled back, with a real Prometheus; takes about a minute')
    .option('--keep', 'keep everything running afterwards, until Ctrl-C')
    .option('--json', 'print each line as JSON: { "text": … }')
    .action(async ({ keep = false, json = false }: Partial<DemoFlags>) => done(await deps.demo({ keep, json })));
  addDeployCommands(program, cli);
  addStatusCommand(program, cli);
  addOperateCommands(program, cli);
  addDrillCommand(program, cli);
  addNotifyCommand(program, cli);
  addReloadCommand(program, cli);
  addSessionCommands(program, cli);
  addAuditCommand(program, cli);
  addTokenCommands(program, cli);
  addCheckCommand(program, { ...cli, checkFiles: deps.checkFiles, runLiveCheck: deps.runLiveCheck });
  addDoctorCommand(program, { ...cli, runDoctor: deps.runDoctor });
  addGateCommand(program, { ...cli, runGate: deps.runGate });
  addBacktestCommand(program, { ...cli, runBacktest: deps.runBacktest });
  addReplayCommand(program, { ...cli, loadJudge: deps.loadJudge });
  addBackupCommands(program, { ...cli, runBackup: deps.runBackup, runRestore: deps.runRestore });
  addAdminLinkCommand(program, { ...cli, runAdminLink: deps.runAdminLink });
  addInitCommand(program, { ...cli, runProposals: deps.runProposals, runBacktest: deps.runBacktest });
  addCompletionCommand(program, cli);
  addExamples(program);
  return program;
}

function checkUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('It must be an http or https URL.');
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError)
    return [...error.problems.map(formatProblem), `${error.problems.length} problem${error.problems.length === 1 ? '' : 's'}`];
  if (error instanceof AppError) return `bakewatch: ${error.message}`.split('\n');
  const problem = fileProblem(error);
  if (problem !== null) return [`bakewatch: ${problem}`];
  return `bakewatch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.split('\n');
}
