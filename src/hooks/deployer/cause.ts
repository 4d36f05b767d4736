/**
 * The reason of a failure in the output of Deployer. Its last line says only that a task failed. Before it stand what the failed command wrote to its
 * standard error (7 and 8: `[host] err …`), or the message of an exception, as an indented block. Returns two lines at most, or an empty text.
 */
export function causeOf(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !isEmpty.test(line) && !isUsage.test(line) && !isRuler.test(line));
  const found = [errorLines(lines), exceptionOfHost(lines), lastBlock(lines)].find((each) => each.length > 0);
  const fallback = lines.filter((line) => !saysOnlyFailed.test(line)).slice(-1);
  const text = (found ?? (fallback.length > 0 ? fallback : lines.slice(-1)))
    .slice(-2)
    .map((line) => line.trim())
    .join(' ');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

const isEmpty = /^(\[[^\]]*\])?$/;
/** After an error in a call, Deployer prints its usage. */
const isUsage = /^[\w:]+ (\[-|<\w+>$)/;
/** The frame of a warning of ssh. */
const isRuler = /^(\[[^\]]*\] err|\s)*\s*[@=]{3,}/;
const saysOnlyFailed = /ERROR: Task \S+ failed!/;

function errorLines(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^\[[^\]]+\] err (.+)$/.exec(line)?.[1] ?? []);
}

/** Deployer 7 and 8: `[host]  SomeException  in rollback.php on line 71:`, and the message indented below. */
function exceptionOfHost(lines: readonly string[]): readonly string[] {
  const start = lines.findLastIndex((line) => /^\[[^\]]+\]\s+\S*(Exception|Error)\s+in .* on line \d+:/.test(line));
  return start < 0 ? [] : linesWhile(lines.slice(start + 1), /^\[[^\]]+\]\s{2,}(\S.*)$/);
}

/** `In SomeFile.php line 45:`, and the message indented below. */
function lastBlock(lines: readonly string[]): readonly string[] {
  const start = lines.findLastIndex((line) => /^In \S+ line \d+:$/.test(line));
  return start < 0 ? [] : linesWhile(lines.slice(start + 1), /^\s{2,}(\S.*)$/);
}

function linesWhile(lines: readonly string[], pattern: RegExp): readonly string[] {
  const matches = lines.map((line) => pattern.exec(line)?.[1]);
  const end = matches.indexOf(undefined);
  return matches.slice(0, end < 0 ? undefined : end).filter((line) => line !== undefined);
}
