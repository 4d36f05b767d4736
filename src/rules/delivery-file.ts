import { z } from 'zod';
import { topics } from '../core/bake/effect.ts';
import { didYouMean } from '../core/base/did-you-mean.ts';
import { weekdays } from '../core/notify/quiet-time.ts';
import { severities } from '../core/notify/severity.ts';
import { templatePlaceholders, unknownPlaceholders } from '../core/notify/template.ts';
import { duration, RuleName, show, Timezone } from './values.ts';

const list = z.array(RuleName).min(1).max(1_000);

export const WhenSection = z.strictObject({
  severity: z
    .enum(severities)
    .default('info')
    .describe(
      'Only what is at least so urgent, and how it went on: `info`, `good`, `wait` (for a person, some time) or `bad` (a person now). Default: info.',
    ),
  topics: z.array(z.enum(topics)).min(1).optional().describe('Only these, such as `[failed, recovered]`. Default: all.'),
  services: list.optional().describe('Only these services. Default: all.'),
  environments: list.optional().describe('Only these environments. Default: all.'),
});

/** A time of day, in milliseconds since midnight. */
const ClockTime = z
  .string()
  .meta({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' })
  .transform((text, context) => {
    const match = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(text);
    if (match !== null) return text === '24:00' ? 86_400_000 : Number(match[1]) * 3_600_000 + Number(match[2]) * 60_000;
    context.addIssue({
      code: 'custom',
      message: `${show(text)} is not a time of day`,
      params: { hint: 'write hours and minutes, such as "22:00"' },
    });
    return z.NEVER;
  });

export const QuietSection = z.strictObject({
  from: ClockTime.describe('When it begins, such as `"22:00"`.'),
  to: ClockTime.describe('When it ends, such as `"07:00"`; on the next day where that is not later than `from`.'),
  timezone: Timezone.describe('By whose clock: a name of the IANA list, such as `Europe/Istanbul`.'),
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays])
    .describe('On which days it begins: `[mon, tue, wed, thu, fri, sat, sun]`. Default: every day.'),
  except: z
    .enum(['bad', 'wait', 'nothing'])
    .default('bad')
    .describe('What is told all the same: `bad`, `wait` (which includes `bad`) or `nothing`. Default: bad.'),
});

export const DigestSection = z.strictObject({
  above: z.int().min(1).max(1_000).default(5).describe('So many deploys are told one by one. Default: 5.'),
  within: duration({ min: '1s', max: '1h' })
    .default(60_000)
    .describe('In so much time; what comes after them is told together at its end. Default: 1m.'),
});

function templateText(most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .superRefine((text, context) => {
      for (const name of unknownPlaceholders(text)) {
        const hint = didYouMean(name, templatePlaceholders);
        context.addIssue({ code: 'custom', message: `{${name.slice(0, 60)}} is not a placeholder`, params: { hint } });
      }
    });
}

const MessageTexts = z.strictObject({
  title: templateText(300).optional().describe('The title; `{title}` is the usual one.'),
  text: templateText(3_000).optional().describe('What stands below it, line by line; `{reasons}` is the usual text.'),
});

export const TemplateSection = MessageTexts.extend({
  topics: z.partialRecord(z.enum(topics), MessageTexts).optional().describe('Other words for some topics: `{ failed: { title: … } }`.'),
});

/** What every notifier may have beside the options of its type. */
export const delivery = {
  when: WhenSection.describe('What it is told. Default: everything.'),
  quiet: z
    .union([QuietSection, z.array(QuietSection).min(1).max(20)])
    .describe('When it is not to be disturbed; only for notifiers that people read. Default: never.'),
  digest: z
    .union([z.literal(false), DigestSection])
    .describe('Many deploys at once in one message; only for notifiers that people read. `false` turns it off.'),
  template: TemplateSection.describe(
    `Other words for its messages. Placeholders: ${templatePlaceholders.map((name) => `\`{${name}}\``).join(' ')}.`,
  ),
};
