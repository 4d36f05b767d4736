import type { Http } from '../../src/net/http.ts';
import type { RunProcess } from '../../src/net/process.ts';
import type { SshConnection } from '../../src/net/ssh-connection.ts';

/** The result of one attempt. `seen` describes it in words, without any secret. */
export type ProbeResult = { readonly passed: boolean; readonly seen: string };

export type AttemptDeps = {
  readonly http: Http;
  readonly run: RunProcess;
  readonly connections: ReadonlyMap<string, SshConnection>;
  /** PEM text that replaces the certificate authorities of the system. */
  readonly ca: string | undefined;
};
