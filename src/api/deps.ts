import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Problem } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { ReplayResult } from '../core/recording/replay.ts';
import type { Report } from '../core/report/report.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { AuditOrigin, AuditTrail } from '../ports/audit-trail.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import type { Inbox } from '../ports/inbox.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { TokenStore } from '../ports/token-store.ts';
import type { AdoptDeps } from '../usecases/adopt-release.ts';
import type { Drill, DrillRequest } from '../usecases/drill.ts';
import type { PipelineTokens } from '../usecases/pipeline-rights.ts';
import type { RequestRefusal } from '../usecases/refusals.ts';
import type { ReloadReport } from '../usecases/reload-report.ts';
import type { RuleWarnings } from '../usecases/rule-warnings.ts';
import type { StoredTokens } from '../usecases/stored-tokens.ts';
import type { NotifierTest, NotifierTestRequest } from '../usecases/test-notifier.ts';
import type { ChangeWatch } from '../usecases/watch-changes.ts';
import type { ApiEnv, Token } from './auth.ts';
import type { IdentifyParts } from './identify.ts';
import type { Seats } from './seats.ts';

export type ApiDeps = AdoptDeps & {
  readonly store: BakeStore &
    DeployCatalog &
    MeasurementStore &
    AuditLog &
    AuditTrail &
    DeliveryStore &
    FreezeStore &
    AlertStore &
    TokenStore &
    SessionStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Missing: nothing is counted. */
  readonly meter?: Pick<Meter, 'alertsDropped' | 'requestAnswered'>;
  /** Notes a request that was refused because of its sender. Missing: it is not recorded. */
  readonly noteRefusal?: (refusal: RequestRefusal) => Promise<void>;
  /** Finds the address of a client from the address of the connection and the header `X-Forwarded-For`. Missing: the connection's address counts. */
  readonly findClient?: (peer: string, forwardedFor: string | undefined) => { readonly address: string; readonly isTrusted: boolean };
  /** The tokens of the config. */
  readonly tokens: readonly Token[];
  /** Who has a token of the database. */
  readonly storedTokens: StoredTokens;
  /** Who has a token of a CI system. Missing: nobody. */
  readonly pipelines?: PipelineTokens;
  /** Who has signed in. Missing: nobody signs in. */
  readonly sessions?: IdentifyParts['sessions'];
  /** Whether the config has a sign-in now. */
  readonly hasSignIn?: IdentifyParts['hasSignIn'];
  /** Where people reach this server, without a slash at the end. */
  readonly baseUrl: string;
  /** The text of `/metrics`. */
  readonly metrics: () => Promise<string>;
  /** Why the server is not ready; `null`: it is ready. */
  readonly notReady: () => Promise<string | null>;
  /** What is wrong although the server is ready, such as clocks that disagree. */
  readonly warnings?: () => readonly string[];
  /** Which deploys change, for all callers that wait. */
  readonly changes: ChangeWatch;
  /** The seats of streams of events: pages have such streams, too. */
  readonly streams: Seats;
  /** Aborts when the server stops, so that waiting callers are answered. */
  readonly stopping: AbortSignal;
  /** What looks wrong with the queries of a rule set. Never throws. */
  readonly warningsFor: RuleWarnings;
  /** All rules in force. Missing: nobody is notified of freezes. */
  readonly ruleSets?: () => Iterable<RuleSet>;
  readonly drill: (request: DrillRequest) => Promise<Drill>;
  /** The inboxes through which people act from within messages, by notifier. */
  readonly inboxes: ReadonlyMap<string, Inbox>;
  /** Checks the text of a rule file against the config. Reads no file. */
  readonly checkRules: (text: string) => { readonly problems: readonly Problem[]; readonly notes: readonly Problem[] };
  /** Judges a recording again, away from the loop of this process. `rules`: the text of a rule file. Throws `AppError('invalid')` and `ConfigError`. */
  readonly replay: (request: ReplayCall) => Promise<ReplayResult>;
  /** Loads the files of the server again. Missing: it has none. */
  readonly reload?: (by: string, origin: AuditOrigin) => Promise<ReloadReport>;
  /** Uses the newest rules: another server may have loaded them. */
  readonly freshenRules?: () => Promise<void>;
  readonly testNotifier: (request: NotifierTestRequest) => Promise<NotifierTest>;
  /** The server-rendered pages. */
  readonly pages: OpenAPIHono<{ Variables: Pick<ApiEnv['Variables'], 'identity' | 'requestId' | 'address' | 'refusal'> }>;
  /** The source expression of a content security policy for the pages' inline style. */
  readonly styleSource: string;
  readonly renderReport: RenderReport;
};

type ReplayCall = { readonly recording: string; readonly rules: string | null; readonly falseAlarms: number | undefined };

/** Renders a report for people. `deployUrl` is the address of the deploy's page. */
export type RenderReport = Readonly<Record<'md' | 'html', (report: Report, deployUrl: string) => Promise<string>>>;
