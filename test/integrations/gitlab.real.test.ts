import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { read } from '../meta/tree.ts';
import { ciToken, hasPrograms, openPipelineShop, type PipelineShop, startStep } from '../support/pipeline-shop.ts';
import { poll } from '../support/server.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const canRun = hasPrograms('dash', 'curl');

const template = read('integrations/gitlab/templates/bakewatch.yml');
const Input = z.strictObject({
  description: z.string(),
  default: z.string().optional(),
  options: z.array(z.string()).optional(),
});
const Spec = z.strictObject({ spec: z.strictObject({ inputs: z.record(z.string(), Input) }) });
const Job = z.strictObject({
  stage: z.string(),
  image: z.strictObject({ name: z.string(), entrypoint: z.array(z.string()) }),
  timeout: z.string(),
  interruptible: z.boolean(),
  environment: z.strictObject({ name: z.string(), action: z.literal('verify') }),
  id_tokens: z.record(z.string(), z.strictObject({ aud: z.string() })),
  variables: z.record(z.string(), z.string()),
  script: z.array(z.string()),
  after_script: z.array(z.string()),
  artifacts: z.strictObject({ when: z.literal('always'), reports: z.strictObject({ dotenv: z.string() }) }),
});
type Job = z.output<typeof Job>;

/** The job of the component with these inputs, as GitLab fills them in. */
function jobOf(inputs: Readonly<Record<string, string>>): Job {
  const [head = '', body = ''] = template.split(/^---$/m);
  const { spec } = Spec.parse(parse(head));
  for (const name of Object.keys(inputs)) expect(Object.keys(spec.inputs)).toContain(name);
  const filled = body.replace(/\$\[\[ inputs\.(\w+) \]\]/g, (_, name: string) => {
    const value = inputs[name] ?? spec.inputs[name]?.default;
    if (value === undefined) throw new Error(`the component needs the input ${name}`);
    return value;
  });
  const jobs = z.record(z.string(), Job).parse(parse(filled));
  expect(Object.keys(jobs)).toEqual([inputs.job ?? 'bake']);
  return Object.values(jobs)[0] as Job;
}

const needed = { url: 'https://bake.example.com', service: 'shop', environment: 'production' };

describe('the component', () => {
  test('is YAML of two documents, and asks for what has no default', () => {
    const documents = parseAllDocuments(template);
    expect(documents.map(({ errors }) => errors)).toEqual([[], []]);
    const { spec } = Spec.parse(documents[0]?.toJS());
    const asked = Object.entries(spec.inputs).filter(([, input]) => input.default === undefined);
    expect(asked.map(([name]) => name)).toEqual(Object.keys(needed));
  });

  test('fills in each of its inputs', () => {
    const job = jobOf({ ...needed, job: 'watch', stage: 'verify', version: '$CI_COMMIT_TAG', image: 'alpine' });
    expect(job).toMatchObject({
      stage: 'verify',
      image: { name: 'alpine' },
      id_tokens: { BAKEWATCH_ID_TOKEN: { aud: needed.url } },
    });
    expect(job.variables).toMatchObject({ BAKEWATCH_SERVICE: 'shop', BAKEWATCH_VERSION: '$CI_COMMIT_TAG', BAKEWATCH_TIMEOUT: '45m' });
    expect(JSON.stringify(job)).not.toContain('$[[');
  });

  test('puts no input into the text of a script', () => {
    const [, scripts = ''] = template.split(/^ {2}script:$/m);
    expect(scripts).not.toContain('inputs.');
  });
});

describe.skipIf(!canRun)('a job of GitLab', () => {
  let shop: PipelineShop;
  let issuer: TokenIssuer;
  let jobNumber = 0;
  beforeAll(async () => {
    issuer = await startTokenIssuer();
    shop = await openPipelineShop(`pipelines:
  - { name: gitlab, issuer: "${issuer.issuer}", audience: "${needed.url}", claims: { project_id: 22, environment: production }, verbs: [register, read, operate], services: [shop, slow] }
`);
  });
  afterAll(async () => {
    await shop.close();
    await issuer.close();
  });

  function tokenOf({ id_tokens, environment }: Job): string {
    const now = Math.floor(Date.now() / 1000);
    const project = { project_id: '22', job_project_id: '22', project_path: 'acme/shop', pipeline_id: '77', pipeline_source: 'push' };
    const claims = { iss: issuer.issuer, aud: id_tokens.BAKEWATCH_ID_TOKEN?.aud, iat: now, nbf: now - 5, exp: now + 3600 };
    return issuer.token({ ...claims, ...project, sub: 'project_path:acme/shop:ref_type:branch:ref:main', environment: environment.name });
  }

  /** Starts the script of the job as a runner does. The address of the server is not https here, so that it differs from the audience. */
  function run(version: string, inputs: Readonly<Record<string, string>> = {}, more: Readonly<Record<string, string>> = {}) {
    shop.release(version);
    const job = jobOf({ ...needed, version, ...inputs });
    const folder = mkdtempSync(join(shop.folder, 'job-'));
    jobNumber += 1;
    const env = {
      ...{ CI_COMMIT_SHA: 'abcdef1', CI_JOB_ID: String(jobNumber), CI_PIPELINE_URL: 'https://gitlab.com/acme/shop/-/pipelines/77' },
      ...{ BAKEWATCH_ID_TOKEN: tokenOf(job), ...job.variables, BAKEWATCH_URL: shop.server.url, ...more },
    };
    const start = (lines: readonly string[], status: string) =>
      startStep(['dash', '-e', '-c', lines.join('\n')], { cwd: folder, env: { ...env, CI_JOB_STATUS: status }, isGroup: true });
    return {
      step: start(job.script, 'running'),
      afterwards: (status: string) => start(job.after_script, status).ended,
      dotenv: () => readFileSync(join(folder, job.artifacts.reports.dotenv), 'utf8'),
    };
  }

  test('calls without a secret, and ends with the verdict', async () => {
    const good = run('v1');
    expect(await good.step.ended).toMatchObject({ code: 0, out: expect.stringMatching(/^shop v1 \(production\): passed/) });
    expect(good.dotenv()).toMatch(/^bakewatch_id=[0-9a-f-]{36}\nbakewatch_url=http\S+\nbakewatch_state=passed\n$/);
    expect(await good.afterwards('success')).toEqual({ code: 0, out: '', err: '' });
    const [, id] = /^bakewatch_id=(.*)$/m.exec(good.dotenv()) ?? [];
    expect(await shop.call('GET', `/v1/deploys/${id}`)).toMatchObject({
      registered_by: 'gitlab: acme/shop run 77',
      release: { commit: 'abcdef1' },
    });
    const bad = run('bad');
    expect(await bad.step.ended).toMatchObject({ code: 3 });
    expect(bad.dotenv()).toContain('bakewatch_state=rolled_back\n');
  });

  test.for(['SIGTERM', 'SIGKILL'] as const)('that is canceled and ends by %s has its bake canceled', async (signal) => {
    const { step, afterwards } = run('v2', { service: 'slow' });
    await poll('the job waits', () => /\[\d+s\] /.test(step.err()));
    const [, id] = /registered (\S+):/.exec(step.err()) ?? [];
    step.signal(signal);
    await step.ended;
    expect((await afterwards('canceled')).code).toBe(0);
    expect(await shop.call('GET', `/v1/deploys/${id}`)).toMatchObject({ state: 'canceled' });
  });

  test('may leave the bake alone when it is canceled', async () => {
    const { step, afterwards } = run('v3', { service: 'slow', on_cancel: 'leave' });
    await poll('the job waits', () => /\[\d+s\] /.test(step.err()));
    const [, id] = /registered (\S+):/.exec(step.err()) ?? [];
    step.signal('SIGTERM');
    await step.ended;
    expect(await afterwards('canceled')).toEqual({ code: 0, out: '', err: '' });
    expect(await shop.call('GET', `/v1/deploys/${id}`)).toMatchObject({ final: false });
  });

  test('uses a token of Bakewatch, where the project has one', async () => {
    const { step } = run('v4', {}, { BAKEWATCH_ID_TOKEN: '', BAKEWATCH_TOKEN: ciToken });
    expect((await step.ended).code).toBe(0);
  });

  test('of another environment is refused', async () => {
    const { step } = run('v5', { environment: 'staging' });
    expect(await step.ended).toMatchObject({
      code: 1,
      err: expect.stringContaining('matches no entry of `pipelines`: gitlab: another `environment`'),
    });
  });
});
