import type { OnOutput } from '../ports/hook.ts';

/**
 * Keeps what a hook prints while it runs, one save at a time: what comes during a save replaces what waits for the next. A save that fails is
 * `lost`, and harms nothing: the end of the attempt brings the whole output.
 */
export function keepOutput(save: (output: string) => Promise<void>, lost: (error: unknown) => void) {
  let newest: string | null = null;
  let saving: Promise<void> | null = null;
  const saveAll = async () => {
    while (newest !== null) {
      const output = newest;
      newest = null;
      await save(output).catch(lost);
    }
    saving = null;
  };
  const onOutput: OnOutput = (soFar) => {
    newest = soFar;
    saving ??= saveAll();
  };
  return {
    onOutput,
    /** Drops what waits, and waits for the save under way: the attempt may end now. */
    async stop(): Promise<void> {
      newest = null;
      await saving;
    },
  };
}
