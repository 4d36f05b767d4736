import { ProviderError } from '../core/base/errors.ts';
import { webAddress } from '../core/base/web-address.ts';
import type { SeriesQuery } from '../ports/provider.ts';
import type { Providers } from '../ports/providers.ts';
import { type CheckQuestion, queriesOf, questionFor } from '../scheduler/ask.ts';
import type { QueryLinks } from '../web/query-links.ts';

/** A chart shows this much of the time before the deploy. */
const beforeMs = 1_800_000;
/** Longer addresses are refused by many proxies. */
const maxAddress = 8_000;

/** Links to what a deploy's checks ask, in the tools that the config names for people's browsers: from half an hour before the deploy to the newest answer. */
export function createQueryLinks(providers: Providers): QueryLinks {
  return (record, { name, provider, latest }) => {
    const viewers = providers.get(provider)?.viewers ?? [];
    const rule = record.ruleSet.checks.find((one) => one.name === name);
    if (viewers.length === 0 || rule === undefined || latest === null) return [];
    const queries = asked(questionFor(record, { rule }, latest.phase), latest.window);
    const from = (record.bake.deployedAt ?? record.deploy.registeredAt) - beforeMs;
    return viewers.flatMap((viewer) => {
      const url = webAddress(viewer.addressOf({ queries, from, to: latest.window.to }), maxAddress);
      return url === null ? [] : [{ name: viewer.name, url }];
    });
  };
}

/** The queries of a check; none where it could not be asked, because the deploy lacks a value that a query needs. */
function asked(question: CheckQuestion, window: SeriesQuery['window']): readonly SeriesQuery[] {
  try {
    return queriesOf(question, window);
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'bad_query') return [];
    throw error;
  }
}
