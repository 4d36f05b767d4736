import type { PipelineRights } from '../core/base/pipeline-rights.ts';
import { visibleText } from '../core/base/visible-text.ts';
import type { PipelineIssuers, TokenClaims } from '../ports/pipeline-issuer.ts';
import { callerWith, type Identity } from './caller.ts';

/** The tokens of pipelines, as far as a request needs them. */
export type PipelineTokens = {
  /** Whether any pipeline has rights: then callers must say who they are. */
  isConfigured(): boolean;
  /** Who has this token. `null`: it is not a token of a CI system. */
  identify(text: string): Promise<Identity | null>;
};

type PipelineDeps = { readonly rights: () => readonly PipelineRights[]; readonly issuers: PipelineIssuers; readonly now: () => number };

/** Creates the view of the tokens that CI systems make for their jobs. They need no database. */
export function createPipelineTokens({ rights, issuers, now }: PipelineDeps): PipelineTokens {
  return {
    isConfigured: () => rights().length > 0,
    async identify(text) {
      const issuer = await issuers.issuerOf(text);
      if (issuer === null) return null;
      const ofIssuer = rights().filter((one) => one.issuer === issuer);
      if (ofIssuer.length === 0) {
        const shown = visibleText(issuer.slice(0, 200));
        return { caller: null, why: `the token is of the issuer ${shown}, and no entry of \`pipelines\` in the config has this issuer` };
      }
      const audiences = [...new Set(ofIssuer.map(({ audience }) => audience))];
      const maxAgeMs = Math.max(...ofIssuer.map((one) => one.maxAgeMs));
      const check = await issuers.check(text, { issuer, audiences, maxAgeMs });
      if (check.kind === 'valid') return identityOf(check.claims, ofIssuer, now());
      return { caller: null, why: check.why, ...(check.kind === 'away' && { isAway: true, isClosed: true }) };
    },
  };
}

function identityOf(claims: TokenClaims, rights: readonly PipelineRights[], now: number): Identity {
  const run = runOf(claims);
  const fitting = rights.filter((one) => isOf(claims, one, now));
  const [first] = fitting;
  if (first === undefined) {
    const missed = rights.map((one) => `${one.name}: ${mismatchOf(claims, one, now)}`);
    return { caller: null, why: `the token of ${run} matches no entry of \`pipelines\`: ${missed.slice(0, 3).join('; ')}` };
  }
  const strange = changeRequestOf(claims);
  const allowed = strange === null ? fitting : fitting.filter(({ allowsPullRequests }) => allowsPullRequests);
  if (allowed.length === 0)
    return { caller: null, why: `the token of ${run} is ${strange}, whose code was not reviewed; it has no rights` };
  const name = `${first.name}: ${run}`;
  return { caller: callerWith({ kind: 'token', name, grants: allowed.map(({ grant }) => grant) }) };
}

function isOf(claims: TokenClaims, rights: PipelineRights, now: number): boolean {
  return mismatchOf(claims, rights, now) === null;
}

/** What keeps a token from an entry: the name of a claim, never its value. */
function mismatchOf(claims: TokenClaims, { audience, claims: wanted, maxAgeMs }: PipelineRights, now: number): string | null {
  const audiences = [claims.aud].flat();
  if (!audiences.includes(audience)) return 'another audience';
  if (typeof claims.iat !== 'number' || now - claims.iat * 1000 > maxAgeMs + skewMs) return 'too old';
  const wrong = [...wanted].find(([claim, values]) => !values.includes(textOf(claims[claim]) ?? ''));
  return wrong === undefined ? null : `another \`${wrong[0]}\``;
}

/** How far the clocks of an issuer and of this machine may be apart. */
const skewMs = 60_000;

/** Says why the code of a job was perhaps not reviewed, or `null`. GitHub hides the ref in `sub` behind an environment, so `sub` alone does not tell. */
function changeRequestOf(claims: TokenClaims): string | null {
  const text = (claim: string) => textOf(claims[claim]) ?? '';
  const isPull =
    /^pull_request/.test(text('event_name')) ||
    /^(?:external_pull|merge)_request_event$/.test(text('pipeline_source')) ||
    [text('ref'), text('ref_path')].some((ref) => /^refs\/(?:pull|merge-requests)\//.test(ref)) ||
    text('sub').endsWith(':pull_request');
  if (isPull) return 'of a pull request';
  const jobProject = textOf(claims.job_project_id);
  return jobProject !== null && jobProject !== textOf(claims.project_id) ? 'of a fork' : null;
}

/** The repository and the run, for people: "acme/shop run 1658821493". */
function runOf(claims: TokenClaims): string {
  const first = (...names: readonly string[]) => names.map((name) => textOf(claims[name])).find((text) => text !== null) ?? null;
  const place = first('repository', 'project_path', 'sub') ?? 'an unknown job';
  const run = first('run_id', 'pipeline_id');
  return visibleText(`${place.slice(0, 200)}${run === null ? '' : ` run ${run.slice(0, 50)}`}`).replace(/\s+/g, ' ');
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
