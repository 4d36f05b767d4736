import { isLoopbackHost } from '../core/base/loopback.ts';
import type { PipelineRights } from '../core/base/pipeline-rights.ts';
import { show } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';
import { PipelineSection } from './pipelines-file.ts';

const { shape } = PipelineSection;

/** Claims that say whose pipeline it is, by what never belongs to somebody else later. */
const ids = new Set([
  ...['repository_id', 'repository_owner_id', 'enterprise_id'],
  ...['project_id', 'namespace_id', 'job_project_id', 'job_namespace_id'],
  ...['repositoryUuid', 'workspaceUuid', 'organization_id', 'pipeline_uuid'],
  ...['oidc.circleci.com/project-id', 'oidc.circleci.com/org-id'],
]);
/** Claims that say it by a name. The next owner of the name gets the rights. */
const names = new Set(['repository', 'repository_owner', 'project_path', 'namespace_path', 'job_project_path', 'job_workflow_ref', 'sub']);
/** GitHub's subject since July 2026: with the ids of the owner and of the repository. */
const subjectWithIds = /^repo:[^/@]+@\d+\/[^:@]+@\d+:/;

/** Reads the section `pipelines`. `audience`: for entries that name none; `null`: they must name one. */
export function readPipelines(cursor: Cursor, audience: string | null): readonly PipelineRights[] {
  if (!cursor.isPresent) return [];
  if (cursor.tree?.body.kind !== 'list') {
    cursor.problem('must be a list', 'begin each pipeline with a dash');
    return [];
  }
  const pipelines: PipelineRights[] = [];
  for (const item of cursor.items) {
    const pipeline = readPipeline(item, audience);
    if (pipeline === null) continue;
    if (pipelines.some(({ name }) => name === pipeline.name)) item.at('name').problem(`two pipelines are named ${show(pipeline.name)}`);
    pipelines.push(pipeline);
  }
  return pipelines;
}

function readPipeline(cursor: Cursor, defaultAudience: string | null): PipelineRights | null {
  if (!cursor.isMapOf(Object.keys(shape))) return null;
  const name = cursor.at('name').take(shape.name);
  const issuer = cursor.at('issuer').take(shape.issuer);
  if (issuer !== undefined && !isTrusted(issuer))
    cursor.at('issuer').problem('must be https', 'the keys that sign the tokens come from there');
  const audience = cursor.at('audience').take(shape.audience) ?? defaultAudience;
  if (audience === null) cursor.problem('needs `audience`', 'or write `server.public_url`, which is the default');
  const claims = readClaims(cursor.at('claims'));
  const verbs = cursor.at('verbs').take(shape.verbs) ?? [];
  const services = cursor.at('services').take(shape.services) ?? [];
  const environments = cursor.at('environments').take(shape.environments) ?? [];
  const maxAgeMs = cursor.at('max_age').take(shape.max_age) ?? 0;
  const allowsPullRequests = cursor.at('pull_requests').take(shape.pull_requests) ?? false;
  if (name === undefined || issuer === undefined || audience === null) return null;
  const grant = { verbs: [...new Set(verbs)], services, environments };
  return { name, issuer, audience, claims, grant, maxAgeMs, allowsPullRequests };
}

function isTrusted(issuer: string): boolean {
  const url = URL.parse(issuer);
  return url?.protocol === 'https:' || (url !== null && isLoopbackHost(url.hostname));
}

function readClaims(cursor: Cursor): PipelineRights['claims'] {
  const written = cursor.take(shape.claims);
  if (written === undefined) return new Map();
  const claims = new Map(Object.entries(written).map(([claim, value]) => [claim, typeof value === 'string' ? [value] : value]));
  const keys = [...claims.keys()];
  const subjects = claims.get('sub') ?? [];
  const hasId = keys.some((key) => ids.has(key)) || (subjects.length > 0 && subjects.every((text) => subjectWithIds.test(text)));
  if (hasId) return claims;
  if (keys.some((key) => names.has(key))) {
    const hint = 'add `repository_id` (GitHub) or `project_id` (GitLab)';
    cursor.warn('names the pipeline by a name only: who gets this name later, after a rename or a deletion, gets these rights', hint);
  } else {
    const hint = 'add `repository_id` (GitHub), `project_id` (GitLab) or `sub`';
    cursor.problem('does not say whose pipeline it is, so that every pipeline of the issuer would match', hint);
  }
  return claims;
}
