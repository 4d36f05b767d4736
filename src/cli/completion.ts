import type { Command, Option } from 'commander';

type CompletedOption = {
  /** Its spellings: "-s", "--service". */
  readonly flags: readonly string[];
  readonly description: string;
  readonly hasValue: boolean;
  /** The values that it takes; empty: any. */
  readonly values: readonly string[];
};

/** What can follow the words of a command. `path`: "token new", or "" for the program. */
export type Completion = {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** The values of its first argument, where they are known. */
  readonly values: readonly string[];
};

/** The completions of a program and all its commands, from the same definitions that parse the command line. */
export function completionsOf(command: Command, words: readonly string[] = []): readonly Completion[] {
  const help = { flags: ['-h', '--help'], description: 'display help', hasValue: false, values: [] };
  const own: Completion = {
    path: words.join(' '),
    commands: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
    options: [...command.options.map(optionOf), help],
    values: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [own, ...command.commands.flatMap((child) => completionsOf(child, [...words, child.name()]))];
}

function optionOf({ short, long, description, required, optional, argChoices }: Option): CompletedOption {
  const flags = [short, long].filter((flag) => flag !== undefined);
  return { flags, description, hasValue: required || optional, values: argChoices ?? [] };
}

/** The script for each shell. Where nothing of ours fits, the shell completes files. */
export const completionScripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** Finds the command in the words before the cursor, in bash and in zsh: a word that follows the path is the next part of it, and no other word is. */
const findPath = (words: string, first: number, end: string) => `  local at='' word skip='' i
  for ((i = ${first}; i < ${end}; i++)); do
    word=\${${words}[i]}
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$at:$word" in`;

function casesOf(completions: readonly Completion[]): string {
  const skips = completions.flatMap(({ path, options }) =>
    options.filter(({ hasValue }) => hasValue).flatMap(({ flags }) => flags.map((flag) => quoted(`${path}:${flag}`))),
  );
  const paths = completions.slice(1).map(({ path }) => {
    const words = path.split(' ');
    const before = words.slice(0, -1).join(' ');
    return `      ${quoted(`${before}:${words.at(-1)}`)}) at=${quoted(path)} ;;`;
  });
  return [`      ${skips.join('|')}) skip=1 ;;`, ...paths, '    esac', '  done'].join('\n');
}

function valueCasesOf(completions: readonly Completion[]): string {
  return completions
    .flatMap(({ path, options }) =>
      options
        .filter(({ hasValue }) => hasValue)
        .map(({ flags, values }) => {
          const patterns = flags.map((flag) => quoted(`${path}:${flag}`)).join('|');
          return `    ${patterns}) ${values.length === 0 ? 'return' : `candidates=${quoted(values.join(' '))}`} ;;`;
        }),
    )
    .join('\n');
}

function wordCasesOf(completions: readonly Completion[]): string {
  return completions
    .map(({ path, commands, options, values }) => {
      const flags = options.flatMap((option) => option.flags).join(' ');
      const words = [...commands.map(({ name }) => name), ...values].join(' ');
      return `      ${quoted(path)}) candidates=${quoted(words)} flags=${quoted(flags)} ;;`;
    })
    .join('\n');
}

function bashScript(completions: readonly Completion[]): string {
  return `# bash completion for bakewatch. Load it with: source <(bakewatch completion bash)
_bakewatch() {
  local candidates='' flags=''
${findPath('COMP_WORDS', 1, 'COMP_CWORD')}
${casesOf(completions)}
  local cur=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  case "$at:\${COMP_WORDS[COMP_CWORD - 1]}" in
${valueCasesOf(completions)}
    *)
      case "$at" in
${wordCasesOf(completions)}
      esac
      ;;
  esac
  if [[ $cur == -* ]]; then candidates=$flags; fi
  COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
}
complete -o default -F _bakewatch bakewatch
`;
}

function zshScript(completions: readonly Completion[]): string {
  return `#compdef bakewatch
# zsh completion for bakewatch. Load it with: source <(bakewatch completion zsh)
_bakewatch() {
  local typed=("\${words[@]}") cur=\${words[CURRENT]} before=\${words[CURRENT - 1]}
  local candidates='' flags=''
${findPath('typed', 2, 'CURRENT')}
${casesOf(completions)}
  case "$at:$before" in
${valueCasesOf(completions).replaceAll(') return ;;', ') _files; return ;;')}
    *)
      case "$at" in
${wordCasesOf(completions)}
      esac
      ;;
  esac
  if [[ $cur == -* ]]; then candidates=$flags; fi
  if [[ -z $candidates ]]; then _files; return; fi
  compadd -- \${=candidates}
}
compdef _bakewatch bakewatch
`;
}

function fishScript(completions: readonly Completion[]): string {
  const lines = completions.flatMap(({ path, commands, options, values }) => {
    const at = `-n ${quoted(`__bakewatch_at ${quoted(path)}`)}`;
    const isOpen = commands.length === 0 && values.length === 0;
    return [
      ...commands.map(({ name, description }) => `complete -c bakewatch -f ${at} -a ${quoted(name)} -d ${quoted(description)}`),
      ...(values.length === 0 ? [] : [`complete -c bakewatch -f ${at} -a ${quoted(values.join(' '))}`]),
      ...options.map((option) => `complete -c bakewatch ${isOpen ? '' : '-f '}${at}${fishOptionOf(option)}`),
    ];
  });
  const cases = completions.slice(1).map(({ path }) => `            case ${quoted(path)}\n                set path ${quoted(path)}`);
  return `# fish completion for bakewatch. Load it with: bakewatch completion fish | source
function __bakewatch_at --description 'Whether the words before the cursor are this command'
    set -l path ''
    for word in (commandline -opc)[2..]
        switch (string trim -- "$path $word")
${cases.join('\n')}
        end
    end
    test "$path" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function fishOptionOf({ flags, description, hasValue, values }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`)).join('');
  const value = hasValue ? (values.length === 0 ? ' -r' : ` -x -a ${quoted(values.join(' '))}`) : '';
  return `${names}${value} -d ${quoted(description)}`;
}

/** A text in single quotes, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
