/** The default limit for the kept output of a program. */
export const maxOutputBytes = 32_768;

/** The last line of an output, to append to a message: with a colon before it, or empty if nothing was printed. */
export function lastLine(output: string): string {
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  if (line === '') return '';
  return `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}
