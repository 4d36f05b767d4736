/** The settings from the environment. All others are in the config file. */
export type Env = {
  readonly databaseUrl: string | null;
  readonly logLevel: string;
  /** All variables, for `${NAME}` in the config file. */
  readonly all: Readonly<Record<string, string | undefined>>;
  readonly serverUrl: string;
  readonly token: string | null;
  /** Whether the command line may send the token over plain HTTP to another machine. */
  readonly isInsecure: boolean;
};

/** Reads the environment. No other code does. */
export function readEnv(all: Readonly<Record<string, string | undefined>> = process.env): Env {
  return {
    databaseUrl: all.DATABASE_URL || null,
    logLevel: all.BAKEWATCH_LOG_LEVEL || 'info',
    all,
    serverUrl: all.BAKEWATCH_URL || 'http://127.0.0.1:8700',
    token: all.BAKEWATCH_TOKEN || null,
    isInsecure: all.BAKEWATCH_INSECURE === '1',
  };
}
