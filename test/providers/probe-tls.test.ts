import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../src/net/http.ts';
import { type Certificate, hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { aProber, aSite, seenBy } from '../support/probing.ts';

const http = createHttp();
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe.skipIf(!hasOpenssl())('a site over TLS', () => {
  const servers: Server[] = [];
  const ports = new Map<string, number>();
  const certificates = new Map<string, Certificate>();
  beforeAll(async () => {
    for (const [name, days] of [
      ['good', 30],
      ['ending', 5],
      ['ended', -2],
    ] as const) {
      const certificate = makeCertificate(days);
      const server = createServer(certificate, (_, response) => response.end('ok'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      servers.push(server);
      certificates.set(name, certificate);
      ports.set(name, typeof address === 'object' ? (address?.port ?? 0) : 0);
    }
  });
  afterAll(async () => {
    await http.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const trusting = (name: string) => aProber(http, { ca: certificates.get(name)?.cert });
  const urlOf = (name: string) => `https://127.0.0.1:${ports.get(name)}/`;
  const portOf = (name: string) => ({ kind: 'tcp', host: 'localhost', port: ports.get(name) ?? 0, tlsDays: 7 }) as const;

  test('with a valid certificate passes', async () => {
    expect(await seenBy(trusting('good'), aSite(urlOf('good'), { tlsDays: 7, contains: 'ok' }))).toMatch(/passed: HTTP 200/);
    expect(await seenBy(trusting('good'), portOf('good'))).toMatch(/passed: connected/);
  });

  test('gets the host name of the rules', async () => {
    expect(await seenBy(trusting('good'), aSite(urlOf('good'), { tlsDays: 7, send: { Host: 'shop.example' } }))).toMatch(
      /passed: HTTP 200/,
    );
    expect(await seenBy(trusting('good'), aSite(urlOf('good'), { tlsDays: 7, send: { Host: 'other.example' } }))).toMatch(
      /failed: .* could not be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
    );
  });

  test('whose certificate expires soon fails if the rules require days', async () => {
    const words = `1 of 1 attempts failed: the certificate ends on ${day(5)}, in 4 days, expected at least 7`;
    expect(await seenBy(trusting('ending'), aSite(urlOf('ending'), { tlsDays: 7 }))).toBe(words);
    expect(await seenBy(trusting('ending'), portOf('ending'))).toBe(words);
    expect(await seenBy(trusting('ending'), aSite(urlOf('ending')))).toMatch(/passed: HTTP 200/);
  });

  test('with an expired certificate fails', async () => {
    expect(await seenBy(trusting('ended'), aSite(urlOf('ended')))).toMatch(
      /failed: 127\.0\.0\.1:\d+ could not be trusted \(CERT_HAS_EXPIRED\)$/,
    );
    expect(await seenBy(trusting('ended'), portOf('ended'))).toMatch(/failed: localhost:\d+ could not be trusted \(CERT_HAS_EXPIRED\)$/);
  });

  test('with an unknown certificate authority fails', async () => {
    expect(await seenBy(aProber(http), aSite(urlOf('good')))).toMatch(
      /failed: .* could not be trusted \((DEPTH_ZERO_)?SELF_SIGNED_CERT\)$/,
    );
  });
});
