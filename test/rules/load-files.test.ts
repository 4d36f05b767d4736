import { expect, test } from 'vitest';
import { plugins } from '../../src/app/plugins.ts';
import { ConfigError } from '../../src/core/base/errors.ts';
import { loadFiles } from '../../src/rules/load-files.ts';

const config = `config: 1
providers: { prom: { type: prometheus, url: 'https://prom.example.com', bearer: '\${TOKEN}' } }
rules: rules/*.yaml
`;
const rulesOf = (service: string, rest = '') => `rules: 1
service: ${service}
environment: production
bake: { for: 10m, every: 15s }
checks: { errors: { provider: prom, ratio: { bad: 'bad{}', total: 'total{}' } } }
on_failure: notify
${rest}`;
const good = { 'cart.yaml': rulesOf('cart'), 'pay.yaml': rulesOf('pay'), 'shop.yaml': rulesOf('shop') };

/** Loads files as they are in a folder `etc`. A file of `null` is there, and cannot be read. */
function load(rules: Readonly<Record<string, string | null>>, text = config, token = 'secret-one') {
  return loadFiles({
    file: 'etc/bakewatch.yaml',
    env: { TOKEN: token },
    readFile: (path) => {
      const content = path === 'etc/bakewatch.yaml' ? text : rules[path.replace('etc/rules/', '')];
      if (typeof content === 'string') return content;
      throw Object.assign(new Error('no'), { code: content === null ? 'EACCES' : 'ENOENT' });
    },
    listFiles: () => Object.keys(rules),
    plugins,
  });
}

const servicesOf = ({ entries }: ReturnType<typeof load>) => entries.map(({ file, ruleSet }) => `${file}: ${ruleSet.service}`);

test('good files are named relative to the config', () => {
  const loaded = load(good);
  expect(servicesOf(loaded)).toEqual(['rules/cart.yaml: cart', 'rules/pay.yaml: pay', 'rules/shop.yaml: shop']);
  expect(loaded.refused).toEqual([]);
});

test.for([
  ['has a mistake', rulesOf('pay', 'unles: x\n'), 'unles', 'unless'],
  ['is no YAML', 'rules: [', '', ''],
  ['cannot be read', null, 'permission denied', ''],
  ['has the rules of another file', rulesOf('cart'), 'already has rules, in etc/rules/cart.yaml', 'keep one file'],
  ['extends a file that is not there', `extends: none.yaml\n${rulesOf('pay')}`, 'none.yaml', ''],
])('a file that %s is refused alone, with its problem', ([, text = null, message = '', hint = '']) => {
  const loaded = load({ ...good, 'pay.yaml': text });
  expect(servicesOf(loaded)).toEqual(['rules/cart.yaml: cart', 'rules/shop.yaml: shop']);
  expect(loaded.refused.map(({ file }) => file)).toEqual(['rules/pay.yaml']);
  const [problem] = loaded.refused[0]?.problems ?? [];
  expect(`${problem?.path} ${problem?.message}`).toContain(message);
  expect(problem?.hint ?? '').toContain(hint);
  expect(problem?.line).toBeGreaterThan(0);
});

test('a config with a mistake is refused with the problems of all files', () => {
  const attempt = () => load({ ...good, 'pay.yaml': rulesOf('pay', 'unles: x\n') }, `${config}drain: soon\n`);
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(/bakewatch\.yaml:4:8 drain: .*\n.*pay\.yaml:7:1 unles: /);
});

test('the digest of the instances is about what is written: not about secrets of this machine, rules or the port', () => {
  const { instances } = load(good);
  expect(load({}, config.replace('rules/*.yaml', '[]'), 'secret-two').instances).toBe(instances);
  expect(load(good, `${config}server: { listen: '127.0.0.1:1234' }\n`).instances).toBe(instances);
  expect(load(good, config.replace('prom.example.com', 'other.example.com')).instances).not.toBe(instances);
  expect(load(good, `${config}notifiers: { team: { type: slack, url: 'https://hooks.slack.com/services/a/b/c' } }\n`).instances).not.toBe(
    instances,
  );
});
