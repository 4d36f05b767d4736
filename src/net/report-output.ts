import type { Secret } from '../core/base/secret.ts';
import type { Output } from './output.ts';

/** A program may print a thousand lines a second; nobody reads them faster than this. */
const everyMs = 1_000;

/** An output that tells what is in it while it grows: at once when there is something, then once a second at most. */
export function reportOutput(
  output: Output,
  onOutput: (soFar: string) => void,
  secrets: readonly Secret[] = [],
): { readonly output: Output; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let told = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = () => {
    timer = undefined;
    const soFar = output.soFar(secrets);
    if (soFar === told) return;
    told = soFar;
    toldAt = performance.now();
    onOutput(soFar);
  };
  const write: Output['write'] = (stream, chunk) => {
    output.write(stream, chunk);
    timer ??= setTimeout(tell, Math.max(0, toldAt + everyMs - performance.now()));
  };
  const stop = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    // A program may end before it was listened to for the first time.
    tell();
  };
  return { output: { ...output, write }, stop };
}
