import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ssh } from '../../src/hooks/ssh.ts';
import { shellQuote } from '../../src/net/shell-quote.ts';
import { complaintIn, endOf } from '../../src/net/ssh-log.ts';
import { codePoint } from '../support/code-point.ts';
import { runs } from '../support/runs.ts';

const good = {
  host: 'shop-1',
  user: 'deploy',
  identity_file: '/etc/key',
  known_hosts: '/etc/hosts_known',
  rollback: ['switch', '{version}'],
};
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

describe('the options of the ssh hook', () => {
  test.for([{}, { host: '10.0.0.1' }, { host: '::1' }, { known_hosts: undefined, host_key: `${key} root@shop` }, { ssh: '/opt/ssh' }])(
    '%j are fine',
    (rest) => {
      expect(() => ssh.bind({ ...good, ...rest })).not.toThrow();
    },
  );

  test.for([
    { host: '-oProxyCommand=id' },
    { host: 'a b' },
    { host: 'user@host' },
    { host: 'a;id' },
    { user: '-l' },
    { user: 'a@b' },
    { port: 0 },
    { port: '22' },
    { identity_file: '-F' },
    { identity_file: '/a b' },
    { identity_file: '/%h' },
    { known_hosts: '/a\n/b' },
    { known_hosts: undefined },
    { host_key: key },
    { known_hosts: undefined, host_key: `${key}\nother ${key}` },
    { known_hosts: undefined, host_key: `@cert-authority * ${key}` },
    { rollback: ['switch', '{versoin}'] },
    { password: 'hunter2' },
  ])('%j are refused', (rest) => {
    expect(() => ssh.bind({ ...good, ...rest })).toThrow();
  });
});

describe('the log of the client', () => {
  test.for([
    { name: 'an empty log', log: '', end: 'unknown' },
    { name: 'a refusal', log: 'debug1: Connecting to a\nroot@a: Permission denied (publickey).', end: 'not_sent' },
    { name: 'a refusal without debug lines', log: 'ssh: connect to host a port 22: Connection refused', end: 'not_sent' },
    { name: 'a connection cut before the login', log: 'debug1: Connecting to a\nConnection closed by 10.0.0.1 port 22', end: 'not_sent' },
    {
      name: 'a connection cut after the login',
      log: 'debug1: x\nAuthenticated to a ([10.0.0.1]:22) using "publickey".\nclient_loop: send disconnect: Broken pipe',
      end: 'unknown',
    },
    {
      name: 'an exit status',
      log: 'Authenticated to a\ndebug1: client_input_channel_req: channel 0 rtype exit-status reply 0',
      end: 'exited',
    },
    {
      name: 'an exit signal',
      log: 'Authenticated to a\ndebug1: client_input_channel_req: channel 0 rtype exit-signal reply 0',
      end: 'killed',
    },
    {
      name: 'a command that prints about an exit status',
      log: 'Authenticated to a\ndebug1: Sending command: echo rtype exit-status',
      end: 'unknown',
    },
  ])('$name means $end', ({ log, end }) => expect(endOf(log)).toBe(end));

  test('the error text is the log without debug lines', () => {
    expect(complaintIn('OpenSSH_9.2p1\ndebug1: x\nNo ED25519 host key is known for a.\r\nHost key verification failed.\r\n')).toBe(
      'No ED25519 host key is known for a. Host key verification failed.',
    );
  });
});

describe('quoting', () => {
  test('plain words stay unchanged, everything else is quoted', () => {
    expect(shellQuote(['release-switch', '--to', 'v1.2', "it's", '', '$x', 'a=b', 'v1~rc1'])).toBe(
      `release-switch --to v1.2 'it'\\''s' '' '$x' a=b v1~rc1`,
    );
  });

  test('a word that a shell would change is quoted', () => {
    expect(shellQuote(['a=b', '~', '~root', 'a=~', 'a:~x', '=ls'])).toBe(`'a=b' '~' '~root' 'a=~' 'a:~x' '=ls'`);
  });

  test.for(['sh', 'bash'])('%s returns words of the characters of names unchanged', (shell) => {
    const character = fc.constantFrom(...'a1._+@:/=~-~=:');
    const words = fc.sample(fc.string({ unit: character, minLength: 1, maxLength: 6 }), { numRuns: 500, seed: 1 });
    const out = execFileSync(shell, ['-c', shellQuote(['printf', '%s\\n', ...words])], { encoding: 'utf8' });
    expect(out.split('\n').slice(0, -1)).toEqual(words);
  });

  test('a POSIX shell returns any arguments unchanged', () => {
    const argument = fc.string({ unit: codePoint, maxLength: 30, size: 'max' }).map((text) => text.replaceAll('\0', '').toWellFormed());
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 5 }), (args) => {
        const out = execFileSync('/bin/sh', ['-c', shellQuote(['printf', '%s\\036', ...args])], { encoding: 'utf8' });
        expect(out).toBe(args.map((each) => `${each}\x1e`).join(''));
      }),
      runs(60),
    );
  });
});
