import type { OnOutput } from '../ports/hook.ts';

/**
 * Saves the output of a hook while it runs, one save at a time. Output that comes during a save replaces output that waits for the next one. `lost` gets
 * the error of a save that fails; the save is not repeated, because the end of the attempt stores the whole output.
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
    /** Drops waiting output and waits for the running save. After that the attempt can end. */
    async stop(): Promise<void> {
      newest = null;
      await saving;
    },
  };
}
