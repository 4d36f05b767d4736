import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StateName } from '../../src/core/bake/bake.ts';
import type { Topic } from '../../src/core/bake/effect.ts';
import { createHttp } from '../../src/net/http.ts';
import { alertmanager } from '../../src/notifiers/alertmanager.ts';
import { aNotice, firstTry } from '../contracts/notifier.ts';
import { type Alertmanager, hasAlertmanager, type ShownAlert, startAlertmanager } from '../support/alertmanager.ts';
import { hostileNotices } from '../support/any-notice.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

describe.skipIf(!hasAlertmanager())('a real Alertmanager', () => {
  const http = createHttp();
  let receiver: StubServer;
  let world: Alertmanager;
  beforeAll(async () => {
    receiver = await startStubServer();
    world = await startAlertmanager(receiver.url);
  });
  afterAll(async () => {
    await world?.stop();
    await http.close();
    await receiver.close();
  });

  const tell = (deployId: string, topic: Topic, state: StateName) => {
    const at = Date.now();
    const notice = aNotice({ deployId, topic, state, at, registeredAt: at - 600_000 });
    return alertmanager
      .bind({ url: world.url, labels: { team: 'shop' } })({ http })
      .notify(notice, firstTry());
  };
  const firing = async (deployId: string) => (await world.firing()).filter(({ labels }) => labels.deploy === deployId).map(nameOf);
  const handedOn = (deployId: string) =>
    receiver.requests
      .flatMap(({ body }) => (JSON.parse(body) as { alerts: readonly (ShownAlert & { status: string })[] }).alerts)
      .filter(({ labels }) => labels.deploy === deployId)
      .map((alert) => `${nameOf(alert)} ${alert.status}`);

  test('an alert fires until it ends, and the receiver gets both notices', async () => {
    await tell('deploy-1', 'unhealthy', 'rolling_back');
    await expect.poll(() => firing('deploy-1')).toEqual(['BakewatchDeployInTrouble']);
    await expect.poll(() => handedOn('deploy-1'), { timeout: 30_000 }).toContain('BakewatchDeployInTrouble firing');
    await tell('deploy-1', 'recovered', 'rolled_back');
    await expect.poll(() => firing('deploy-1')).toEqual([]);
    await expect.poll(() => handedOn('deploy-1'), { timeout: 30_000 }).toContain('BakewatchDeployInTrouble resolved');
    expect(handedOn('deploy-1').join()).not.toContain('BakewatchNeedsPerson');
  });

  test('a rollback that failed ends one alert and fires the other', async () => {
    await tell('deploy-2', 'unhealthy', 'rolling_back');
    await tell('deploy-2', 'failed', 'failed');
    await expect.poll(() => firing('deploy-2')).toEqual(['BakewatchNeedsPerson']);
    await tell('deploy-2', 'passed', 'passed');
    await expect.poll(() => firing('deploy-2')).toEqual([]);
  });

  test('is idempotent: a repeated alert is one alert, which starts at the first notice and fires for a day', async () => {
    for (let times = 0; times < 2; times += 1) await tell('deploy-3', 'failed', 'failed');
    const shown = (await world.firing()).filter(({ labels }) => labels.deploy === 'deploy-3');
    expect(shown).toHaveLength(1);
    expect(Date.parse(shown[0]!.endsAt) - Date.parse(shown[0]!.startsAt)).toBeGreaterThanOrEqual(86_400_000);
    expect(shown[0]?.labels).toMatchObject({
      team: 'shop',
      severity: 'critical',
      service: 'shop',
      environment: 'production',
      version: 'v2',
    });
  });

  test('a late notice does not fire an alert that has ended', async () => {
    await tell('deploy-4', 'recovered', 'rolled_back');
    await tell('deploy-4', 'unhealthy', 'rolled_back');
    expect(await firing('deploy-4')).toEqual([]);
  });

  test('accepts any text', async () => {
    const notifier = alertmanager.bind({ url: world.url })({ http });
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        await notifier.notify(notice, firstTry());
      }),
    );
  });

  test('a wrong path is refused', async () => {
    const elsewhere = alertmanager.bind({ url: `${world.url}/elsewhere` })({ http });
    expect(await effectErrorOf(elsewhere.notify(aNotice(), firstTry()))).toMatchObject({ kind: 'refused' });
  });
});

function nameOf({ labels }: ShownAlert): string {
  return labels.alertname ?? '';
}
