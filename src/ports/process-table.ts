/** A process. Its start, in the format of the system, distinguishes it from a later process with the same pid. */
export type ProcessRef = { readonly pid: number; readonly start: string };

/** The server process that performs an attempt. `space` names where its pids are valid: one boot of one machine, and one pid namespace. */
export type AttemptOwner = ProcessRef & { readonly host: string; readonly space: string };

/** Is notified of the programs with which a piece of work changes something, one after the other. */
export type ProgramWatcher = {
  /** Called before a look: nothing has been done yet. Where it throws, the work ends. */
  looking(): Promise<void>;
  /** Called before each program starts, and before work that needs none. Where it throws, the program is not started. */
  starting(): Promise<void>;
  started(program: ProcessRef): void;
};

/** The processes of this machine, as far as they are in the same space as this server. */
export interface ProcessTable {
  readonly self: AttemptOwner;
  isRunning(process: ProcessRef): boolean;
  /** Ends a program of a hook with its whole process group, if it is still the same one. */
  end(program: ProcessRef): Promise<void>;
  /** Does the work, and notifies the watcher of every program that it starts. */
  watch<T>(watcher: ProgramWatcher, work: () => Promise<T>): Promise<T>;
}
