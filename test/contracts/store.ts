import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actLinks } from './store-act-links.ts';
import { alerts } from './store-alerts.ts';
import { auditLog } from './store-audit-log.ts';
import { auditTrail } from './store-audit-trail.ts';
import { registering, updating } from './store-bakes.ts';
import { catalog } from './store-catalog.ts';
import { changes } from './store-changes.ts';
import { claiming } from './store-claims.ts';
import { deliveries } from './store-deliveries.ts';
import { facts } from './store-facts.ts';
import { fleet } from './store-fleet.ts';
import { freezes } from './store-freezes.ts';
import { knownGood } from './store-known-good.ts';
import { measurements } from './store-measurements.ts';
import { overview } from './store-overview.ts';
import { updatingQuietly } from './store-quiet.ts';
import type { StoreUnderTest } from './store-replicas.ts';
import { ruleBooks } from './store-rule-books.ts';
import { sessions } from './store-sessions.ts';
import { tokenStore } from './store-tokens.ts';

/** What every `Store` must do, role by role. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  const both = () => opened;
  describe('registering', () => registering(both));
  describe('updating', () => updating(both));
  describe('updating quietly', () => updatingQuietly(both));
  describe('facts', () => facts(both));
  describe('claiming', () => claiming(both));
  describe('changes', () => changes(both));
  describe('catalog', () => catalog(both));
  describe('overview', () => overview(both));
  describe('known-good', () => knownGood(both));
  describe('measurements', () => measurements(both));
  describe('audit log', () => auditLog(both));
  describe('audit trail', () => auditTrail(both));
  describe('deliveries', () => deliveries(both));
  describe('fleet', () => fleet(both));
  describe('alerts', () => alerts(both));
  describe('freezes', () => freezes(both));
  describe('rule book', () => ruleBooks(both));
  describe('tokens', () => tokenStore(both));
  describe('sessions', () => sessions(both));
  describe('act links', () => actLinks(both));
  test('answers a ping', () => both().store.ping());

  test('shows the time of the database, in whole milliseconds', async () => {
    const before = Date.now();
    const shown = await both().store.now();
    expect(Number.isInteger(shown)).toBe(true);
    // The database of the tests runs on this machine.
    expect(shown).toBeGreaterThanOrEqual(before - 1);
    expect(shown).toBeLessThanOrEqual(Date.now() + 1);
  });
}
