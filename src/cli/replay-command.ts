import type { Command } from 'commander';
import type { Analyzer } from '../core/judge/analyzer.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { CliDeps } from './deploy-command.ts';
import { readShare } from './read-share.ts';

/** The parts that judge a recording. They are loaded when they are needed. */
export type ReplayDeps = Pick<CliDeps, 'io' | 'done'> & {
  readonly loadJudge: () => Promise<{
    readonly analyzers: ReadonlyMap<string, Analyzer>;
    readonly parseRules: (text: string, file: string) => RuleSet;
  }>;
};

/** Adds `replay`: judges recordings again, and prints a line for each. Needs no server. */
export function addReplayCommand(program: Command, { io, done, loadJudge }: ReplayDeps): void {
  program
    .command('replay')
    .description('judge recordings again, offline: prints one line of JSON for each')
    .argument('<file...>', 'JSON Lines, plain or .gz')
    .option('--rules <file>', 'judge with the checks of this rule file, matched by name')
    .option('--false-alarms <share>', 'how often a healthy bake may fail, for all its checks together', readShare)
    .option('--json', 'changes nothing: the results are lines of JSON')
    .action(async (files: readonly string[], { rules, falseAlarms }: { rules?: string; falseAlarms?: number }) => {
      const [{ analyzers, parseRules }, { replayFile, readText }] = await Promise.all([loadJudge(), import('./replay-files.ts')]);
      const ruleSet = rules === undefined ? null : parseRules(await readText(rules), rules);
      let failures = 0;
      for (const file of files) failures += await replayFile({ io, analyzers }, file, { ruleSet, falseAlarms });
      done(failures === 0 ? 0 : 2);
    });
}
