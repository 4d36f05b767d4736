import { z } from 'zod';
import { topics } from '../core/bake/effect.ts';
import { didYouMean } from '../core/base/did-you-mean.ts';
import { weekdays } from '../core/notify/quiet-time.ts';
import { severities } from '../core/notify/severity.ts';
import { templatePlaceholders, unknownPlaceholders } from '../core/notify/template.ts';
import { duration, RuleName, show, Timezone } from '../core/rules/written-values.ts';

const list = z.array(RuleName).min(1).max(1_000);

/** `when` of a notifier: which notices it gets. */
export const WhenSection = z.strictObject({
  severity: z
    .enum(severities)
    .default('info')
    .describe(
      'The minimum severity: `info`, `good`, `wait` (a person must look soon) or `bad` (a person must act now). Follow-ups of a sent notice are sent too. Default: info.',
    ),
  topics: z.array(z.enum(topics)).min(1).optional().describe('Only these topics, such as `[failed, recovered]`. Default: all.'),
  services: list.optional().describe('Only these services. Default: all.'),
  environments: list.optional().describe('Only these environments. Default: all.'),
});

/** A time of day. Parses to milliseconds since midnight. */
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

/** `quiet` of a notifier: when it gets no notices. */
export const QuietSection = z.strictObject({
  from: ClockTime.describe('When the quiet time begins, such as `"22:00"`.'),
  to: ClockTime.describe('When the quiet time ends, such as `"07:00"`. If that is not later than `from`, it ends on the next day.'),
  timezone: Timezone.describe('The time zone of `from` and `to`: a name of the IANA list, such as `Europe/Istanbul`.'),
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays])
    .describe('The days on which the quiet time begins: `[mon, tue, wed, thu, fri, sat, sun]`. Default: every day.'),
  except: z
    .enum(['bad', 'wait', 'nothing'])
    .default('bad')
    .describe('What is sent even in the quiet time: `bad`, `wait` (which includes `bad`) or `nothing`. Default: bad.'),
});

/** `digest` of a notifier: when many deploys share one message. */
export const DigestSection = z.strictObject({
  above: z.int().min(1).max(1_000).default(5).describe('How many deploys have a message of their own within `within`. Default: 5.'),
  within: duration({ min: '1s', max: '1h' })
    .default(60_000)
    .describe('The length of the digest window. At its end, the other deploys are sent together in one message. Default: 1m.'),
});

function templateText(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .superRefine((text, context) => {
      for (const name of unknownPlaceholders(text)) {
        const hint = didYouMean(name, templatePlaceholders);
        context.addIssue({ code: 'custom', message: `{${name.slice(0, 60)}} is not a placeholder`, params: { hint } });
      }
    });
}

const MessageTexts = z.strictObject({
  title: templateText(300).optional().describe('The title. `{title}` is the default title.'),
  text: templateText(3_000).optional().describe('The text below the title, line by line. `{reasons}` is the default text.'),
});

/** `template` of a notifier: the operator's own texts. */
export const TemplateSection = MessageTexts.extend({
  topics: z.partialRecord(z.enum(topics), MessageTexts).optional().describe('Texts for single topics: `{ failed: { title: … } }`.'),
});

/** The keys that every notifier may have in addition to the options of its type. */
export const delivery = {
  when: WhenSection.describe('Which notices it gets. Default: all.'),
  quiet: z
    .union([QuietSection, z.array(QuietSection).min(1).max(20)])
    .describe('When it gets no notices. Only for notifiers that people read. Default: never.'),
  digest: z
    .union([z.literal(false), DigestSection])
    .describe('When many deploys share one message. Only for notifiers that people read. `false` turns it off.'),
  template: TemplateSection.describe(
    `Your own texts for its messages. Placeholders: ${templatePlaceholders.map((name) => `\`{${name}}\``).join(' ')}.`,
  ),
  act_links: z
    .boolean()
    .describe(
      'Whether messages that need a person have links that act: approve, roll back, pass, extend. Everyone who reads the message can use them, without signing in. Needs `server.public_url`. Default: false.',
    ),
};
