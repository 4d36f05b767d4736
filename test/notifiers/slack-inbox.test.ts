import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { Secret } from '../../src/core/base/secret.ts';
import { createHttp } from '../../src/net/http.ts';
import { isOwnAddress } from '../../src/notifiers/slack/own-address.ts';
import { isFromSlack } from '../../src/notifiers/slack/signature.ts';
import { slack } from '../../src/notifiers/slack.ts';
import { codePoint } from '../support/code-point.ts';
import { everythingIn } from '../support/effect-error.ts';
import { startFakeSlack } from '../support/fake-slack.ts';
import { runs } from '../support/runs.ts';
import { type Press, pressBody, slackHeaders } from '../support/slack-press.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const at = Date.UTC(2026, 10, 21, 2, 0, 0);
const place = { service: 'shop', environment: 'production' };
const people = [
  { slack: 'U0123ANA', name: 'ana' },
  { slack: 'U0123BEN', name: 'ben', verbs: ['extend', 'mute'] },
  { slack: 'U0123CEM', name: 'cem', services: ['shop'], environments: ['staging'] },
];

function anInbox(rest: object = {}) {
  const options = { token: 'xoxb-not-a-real-token', channel: 'C0123TEAM', buttons: { signing_secret: secret, people }, ...rest };
  const { inbox } = slack.bind(options)({ http: createHttp() });
  if (inbox === undefined) throw new Error('there are buttons');
  return inbox;
}

function aCall(body: string, headers: Readonly<Record<string, string>> = slackHeaders(secret, body, at), now = at) {
  return { header: (name: string) => headers[name], body: Buffer.from(body), at: now };
}

const read = (press: Press = {}, inbox = anInbox()) => inbox.read(aCall(pressBody(press)));

function refusalOf(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('there was no refusal');
}

describe('while the signing secret is replaced', () => {
  const other = 'another-secret-of-16-characters';
  const body = pressBody({});
  const reads = (inbox: ReturnType<typeof anInbox>, signedWith: string) =>
    inbox.read(aCall(body, slackHeaders(signedWith, body, at)))?.verb;

  test('a press that is signed with either of the two counts, and with a third one it does not', () => {
    const inbox = anInbox({ buttons: { signing_secrets: [other, secret], people } });
    for (const signedWith of [secret, other]) expect(reads(inbox, signedWith)).toBe(reads(anInbox(), secret));
    expect(refusalOf(() => reads(inbox, 'a-third-secret-of-16-characters')).code).toBe('unauthorized');
  });

  test.for([
    { name: 'none', buttons: { people } },
    { name: 'both', buttons: { signing_secret: secret, signing_secrets: [other], people } },
  ])('$name of the two options is a mistake', ({ buttons }) => {
    expect(() => anInbox({ buttons })).toThrow('needs either signing_secret or signing_secrets');
  });

  test.for([{ list: [] }, { list: [secret, other, `${other}-3`] }])('one or two secrets are expected, not $list.length', ({ list }) => {
    expect(() => anInbox({ buttons: { signing_secrets: list, people } })).toThrow('signing_secrets');
  });
});

describe('the signature', () => {
  // The example in the documentation of Slack.
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const headers = {
    'x-slack-request-timestamp': '1531420618',
    'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  };
  const signedAt = 1_531_420_618_000;

  test('of the published example is valid', () => {
    expect(isFromSlack(new Secret(secret), aCall(body, headers, signedAt))).toBe(true);
  });

  test.for([
    { name: 'five minutes old', off: 300_000, right: true },
    { name: 'older', off: 301_000, right: false },
    { name: 'five minutes ahead', off: -300_000, right: true },
    { name: 'ten minutes ahead', off: -600_000, right: false },
  ])('$name: $right', ({ off, right }) => {
    expect(isFromSlack(new Secret(secret), aCall(body, headers, signedAt + off))).toBe(right);
  });

  test.for([
    { name: 'of another secret', headers: slackHeaders('another-secret-of-16-characters', body, signedAt) },
    { name: 'of another time', headers: { ...headers, 'x-slack-request-timestamp': '1531420619' } },
    { name: 'without a time', headers: { 'x-slack-signature': headers['x-slack-signature'] } },
    { name: 'with an invalid time', headers: { ...headers, 'x-slack-request-timestamp': '1531420618 ' } },
    { name: 'that is missing', headers: { 'x-slack-request-timestamp': '1531420618' } },
    { name: 'that is empty', headers: { ...headers, 'x-slack-signature': '' } },
    { name: 'of another version', headers: { ...headers, 'x-slack-signature': headers['x-slack-signature'].replace('v0', 'v1') } },
    { name: 'that is too short', headers: { ...headers, 'x-slack-signature': headers['x-slack-signature'].slice(0, -1) } },
    { name: 'in capitals', headers: { ...headers, 'x-slack-signature': headers['x-slack-signature'].toUpperCase() } },
  ])('$name is refused', ({ headers: given }) => {
    expect(isFromSlack(new Secret(secret), aCall(body, given as Record<string, string>, signedAt))).toBe(false);
  });

  test('is valid only for exactly these bytes', () => {
    fc.assert(
      fc.property(fc.nat({ max: body.length - 1 }), fc.integer({ min: 0, max: 255 }), (index, byte) => {
        const bytes = Buffer.from(body);
        const isSame = bytes[index] === byte;
        bytes[index] = byte;
        const call = { ...aCall(body, headers, signedAt), body: bytes };
        expect(isFromSlack(new Secret(secret), call)).toBe(isSame);
      }),
    );
  });

  test('is required', () => {
    const body = pressBody();
    const error = refusalOf(() => anInbox().read(aCall(body, slackHeaders('another-secret-of-16-characters', body, at))));
    expect(error.code).toBe('unauthorized');
    expect(everythingIn(error)).not.toContain(secret);
  });
});

describe('a press', () => {
  test.for(['approve', 'roll_back', 'pass', 'extend', 'mute'])('of %s has a person, a verb and a deploy', (action) => {
    expect(read({ action })).toMatchObject({ deployId: 'deploy-2', verb: action, by: 'ana (slack)' });
    expect(read({ action: 'approve' })?.refusal(place)).toBeNull();
  });

  test('has the same key when it is repeated, and another key than any other press', () => {
    const press = { actionTs: '1795226400.5' };
    expect(read(press)?.key).toBe(read(press)?.key);
    const keys = [press, {}, { ...press, user: 'U0123BEN' }, { ...press, action: 'pass' }, { ...press, deploy: 'deploy-3' }].map(
      (one) => read(one)?.key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.for<{ name: string; press: Press; says: string | null }>([
    { name: 'an unknown person', press: { user: 'U0STRANGER' }, says: 'can add your member id U0STRANGER' },
    { name: 'a person who may not roll back', press: { user: 'U0123BEN' }, says: 'add `roll_back` to your `verbs`' },
    { name: 'a person who may extend', press: { user: 'U0123BEN', action: 'extend' }, says: null },
    { name: 'a person for another environment', press: { user: 'U0123CEM' }, says: 'not do this for shop in production' },
  ])('by $name: $says', ({ press, says }) => {
    const refusal = read(press)?.refusal(place) ?? null;
    if (says === null) expect(refusal).toBeNull();
    else expect(refusal).toContain(says);
  });

  test('by a person for one service and environment is allowed only there', () => {
    expect(read({ user: 'U0123CEM' })?.refusal({ service: 'shop', environment: 'staging' })).toBeNull();
    expect(read({ user: 'U0123CEM' })?.refusal({ service: 'cart', environment: 'staging' })).not.toBeNull();
  });

  test.for<Press>([{ action: 'other' }, { action: '' }, { type: 'view_submission' }, { action: 'roll_back extra' }])(
    'of something else (%j) is ignored',
    (press) => expect(read(press)).toBeNull(),
  );

  test.for(['', 'payload=', 'payload=no+json', 'payload=%5B%5D', 'payload=5', 'payload=%7B%22type%22%3A5%7D', 'other=1', '%ff%fe'])(
    'in an invalid body (%j) is refused',
    (body) => expect(refusalOf(() => anInbox().read(aCall(body))).code).toBe('invalid'),
  );

  test('any signed body is read or refused with a reason', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: codePoint }), (value, text) => {
        for (const payload of [JSON.stringify(value), text, JSON.stringify({ type: 'block_actions', actions: [value], user: value })]) {
          const body = new URLSearchParams({ payload }).toString();
          try {
            anInbox().read(aCall(body));
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }
      }),
      runs(50),
    );
  });
});

describe('the answer', () => {
  test('is shown only to the person who pressed, and mentions no person', async () => {
    const fake = await startFakeSlack();
    const inbox = anInbox({ api: fake.api });
    await read({ replyTo: `${fake.url}/hooks/1` }, inbox)?.answer('Done <!channel>.', new AbortController().signal);
    expect(fake.answers).toEqual([
      { url: '/hooks/1', body: { response_type: 'ephemeral', replace_original: false, text: 'Done &lt;!channel&gt;.' } },
    ]);
    await fake.close();
  });

  test('is sent only to Slack', async () => {
    const fake = await startFakeSlack();
    await read({ replyTo: `${fake.url}/hooks/1` })?.answer('Done.', new AbortController().signal);
    expect(fake.answers).toEqual([]);
    await fake.close();
  });

  test.for([
    ['https://hooks.slack.com/actions/T1/2/x', true],
    ['https://hooks.slack-gov.com/actions/T1/2/x', true],
    ['https://slack.com/api/x', true],
    ['http://hooks.slack.com/actions/T1/2/x', false],
    ['https://hooks.slack.com:8443/actions', false],
    ['https://hooks.slack.com.evil.example/x', false],
    ['https://evil-hooks.slack.com/x', false],
    ['https://user@hooks.slack.com/x', false],
    ['https://hooks.slack.com@evil.example/x', false],
    ['https://files.slack.com/x', false],
    ['http://127.0.0.1:5432/', false],
    ['http://169.254.169.254/latest/meta-data', false],
    ['https://[::1]/x', false],
    ['file:///etc/passwd', false],
    ['//hooks.slack.com/x', false],
    ['', false],
  ] as const)('may be sent to %s: %j', ([address, allowed]) => {
    expect(isOwnAddress(address, 'hooks', 'https://slack.com/api')).toBe(allowed);
  });
});

describe('the options', () => {
  const bot = { token: 'xoxb-1', channel: 'C0123TEAM' };
  const url = 'https://hooks.slack.com/services/T0/B0/x';
  test.for<[object, string]>([
    [{}, 'needs `token` and `channel`, or the `url`'],
    [{ ...bot, url }, 'exclude each other'],
    [{ token: 'xoxb-1' }, 'needs a `channel`'],
    [{ url, channel: 'C0123TEAM' }, 'needs a `token`'],
    [{ url, buttons: { signing_secret: secret, people } }, 'need a `token`'],
    [{ ...bot, token: 'xoxp-1' }, 'begins with xoxb-'],
    [{ ...bot, pace: '2m' }, 'at most 1m'],
    [{ ...bot, channel: '#deploys' }, 'must be the id of a channel'],
    [{ ...bot, buttons: { signing_secret: 'short', people } }, 'at least 16 characters'],
    [{ ...bot, buttons: { signing_secret: secret, people: [] } }, 'people'],
    [{ ...bot, buttons: { signing_secret: secret, people: [...people, people[0]] } }, 'appears twice'],
    [{ ...bot, buttons: { signing_secret: secret, people: [{ slack: 'ana', name: 'ana' }] } }, 'must be a member id'],
    [{ ...bot, buttons: { signing_secret: secret, people: [{ slack: 'U0123ANA', name: 'ana', verbs: ['destroy'] }] } }, 'verbs'],
  ])('%j: %s', ([options, says]) => {
    const { error } = slack.options.safeParse(options);
    expect(JSON.stringify(error?.issues)).toContain(says);
    expect(everythingIn(error)).not.toContain('xoxp-1');
  });

  test('there is no inbox without buttons', () => {
    for (const options of [bot, { url }]) expect(slack.bind(options)({ http: createHttp() }).inbox).toBeUndefined();
  });
});
