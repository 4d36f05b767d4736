import type { Secret } from '../core/base/secret.ts';
import type { Output } from './output.ts';

/** The minimum interval between two reports. A program may print a thousand lines per second. */
const intervalMs = 1_000;

/** Wraps an output so that it reports its text while it grows: at once for the first output, then at most once per interval. */
export function reportOutput(
  output: Output,
  onOutput: (soFar: string) => void,
  secrets: readonly Secret[] = [],
): { readonly output: Output; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let reported = '';
  let reportedAt = Number.NEGATIVE_INFINITY;
  const report = () => {
    timer = undefined;
    const soFar = output.soFar(secrets);
    if (soFar === reported) return;
    reported = soFar;
    reportedAt = performance.now();
    onOutput(soFar);
  };
  const write: Output['write'] = (stream, chunk) => {
    output.write(stream, chunk);
    timer ??= setTimeout(report, Math.max(0, reportedAt + intervalMs - performance.now()));
  };
  const stop = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    // The program may end before the first report.
    report();
  };
  return { output: { ...output, write }, stop };
}
