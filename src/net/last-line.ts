/** How much of a program's output is kept. */
export const maxOutputBytes = 32_768;

/** The last line of an output as the end of a message, with a colon before it; empty where nothing was printed. */
export function lastLine(output: string): string {
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  if (line === '') return '';
  return `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}
