import type { Command } from 'commander';

/** Examples for each command, by its words. A test reads every one as the command line does. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  serve: ['bakewatch serve --config /etc/bakewatch/bakewatch.yaml', 'bakewatch serve --json 2>> bakewatch.log'],
  demo: ['bakewatch demo', 'bakewatch demo --keep'],
  deploy: [
    'bakewatch deploy -s shop -e production -v v42',
    'bakewatch deploy -s shop -e production -v "$GIT_SHA" --build-id "$BUILD_ID" --wait --timeout 45m',
    'bakewatch deploy -s shop -e production -v v42 --wait --until clear --json',
  ],
  finished: ['bakewatch finished 0f8fad5b-d9cb-469f-a165-70867728950e --wait'],
  wait: ['bakewatch wait 0f8fad5b-d9cb-469f-a165-70867728950e --timeout 30m'],
  adopt: ['bakewatch adopt -s shop -e production -v v41'],
  status: ['bakewatch status', 'bakewatch status --watch -s shop', 'bakewatch status --state failed --json'],
  cancel: ['bakewatch cancel -s shop', 'bakewatch cancel 0f8fad5b-d9cb-469f-a165-70867728950e'],
  approve: ['bakewatch approve -s shop -e staging'],
  pass: ['bakewatch pass -s shop --why "the errors came from a load test"'],
  rollback: ['bakewatch rollback -s shop --why "customers wait"'],
  'roll-forward': ['bakewatch roll-forward -s shop --why "v41 fails as well" --confirm'],
  mark: ['bakewatch mark -s shop --false-alarm --why "a load test"', 'bakewatch mark -s shop --false-alarm --undo --why "it was real"'],
  extend: ['bakewatch extend -s shop --by 10m'],
  export: ['bakewatch export -s shop -o shop.jsonl'],
  report: ['bakewatch report -s shop -o post-mortem.md', 'bakewatch report -s shop --format html -o post-mortem.html'],
  freeze: ['bakewatch freeze --why "a sale goes on"', 'bakewatch freeze -s shop --why "the database moves"'],
  unfreeze: ['bakewatch unfreeze -s shop'],
  drill: ['bakewatch drill shop', 'bakewatch drill shop -e staging --for-real'],
  'notify test': ['bakewatch notify test team --topic rolled_back'],
  reload: ['bakewatch reload'],
  'session list': ['bakewatch session list'],
  'session revoke': ['bakewatch session revoke 4f2c1d9e'],
  'audit list': ['bakewatch audit --since 7d --verb freeze', 'bakewatch audit list --actor ci --json'],
  'audit export': ['bakewatch audit export --since 30d -o audit.jsonl'],
  'audit verify': ['bakewatch audit verify'],
  'token new': [
    'bakewatch token new ci --may register,read --services shop --expires 90d',
    'bakewatch token new ci --may register --for-config',
  ],
  'token list': ['bakewatch token list --all'],
  'token rotate': ['bakewatch token rotate ci --overlap 1h'],
  'token revoke': ['bakewatch token revoke ci'],
  check: ['bakewatch check bakewatch.yaml rules/shop.yaml', 'bakewatch check --live bakewatch.yaml rules/shop.yaml'],
  doctor: ['bakewatch doctor --config /etc/bakewatch/bakewatch.yaml'],
  gate: ['bakewatch gate rules/shop.yaml -v v42 --wait 60s'],
  backtest: ['bakewatch backtest --rules rules/shop.yaml --since 14d'],
  replay: ['bakewatch replay shop.jsonl', 'bakewatch replay shop.jsonl --rules rules/shop.yaml'],
  backup: ['bakewatch backup /var/backups/bakewatch.backup'],
  restore: ['bakewatch restore /var/backups/bakewatch.backup --freeze'],
  'admin-link': ['bakewatch admin-link --config /etc/bakewatch/bakewatch.yaml'],
  init: ['bakewatch init shop', 'bakewatch init shop --from http://127.0.0.1:9090', 'bakewatch init --from prom --folder /etc/bakewatch'],
  completion: ['bakewatch completion bash > /etc/bash_completion.d/bakewatch', 'bakewatch completion fish | source'],
};

/** The commands that do something, each with its words: "token new". */
export function leavesOf(command: Command, words: readonly string[] = []): readonly { readonly name: string; readonly command: Command }[] {
  return command.commands.flatMap((child) => {
    const path = [...words, child.name()];
    return child.commands.length === 0 ? [{ name: path.join(' '), command: child }] : leavesOf(child, path);
  });
}

/** Adds its examples to the help of every command. */
export function addExamples(program: Command): void {
  for (const { name, command } of leavesOf(program)) {
    const lines = (examples[name] ?? []).map((line) => `  ${line}`);
    command.addHelpText('after', () => ['', 'Examples:', ...lines].join('\n'));
  }
}
