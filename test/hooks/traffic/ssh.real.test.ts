import { afterAll, beforeAll, describe } from 'vitest';
import { ssh } from '../../../src/hooks/traffic/ssh.ts';
import { createHttp } from '../../../src/net/http.ts';
import { createRunProcess } from '../../../src/net/process.ts';
import { describeShiftHookContract } from '../../contracts/shift-hook.ts';
import { createReleaseScript } from '../../support/release-script.ts';
import { hasSshd, type Sshd, startSshd } from '../../support/sshd.ts';

const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };
const secret = 'password=hunter2-hunter2';

describe.skipIf(!hasSshd())('over a real SSH server', () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.stop());

  describeShiftHookContract('ssh', async () => {
    const script = createReleaseScript(secret);
    const shift = [script.path, '{weight}', '{service}'];
    const bound = (rest: Readonly<Record<string, unknown>>) =>
      ssh.bind({
        host: server.host,
        port: server.port,
        user: server.user,
        identity_file: server.identityFile,
        known_hosts: server.knownHosts,
        // A login takes seconds on a busy machine.
        timeout: '20s',
        connect_timeout: '10s',
        shift,
        ...rest,
      })(deps);
    return {
      hook: bound({ weight: [script.path, '--show'] }),
      impatient: bound({ weight: [script.path, '--show'], timeout: '8s', connect_timeout: '4s' }),
      unreachable: bound({ port: 1 }),
      unverifiable: bound({}),
      secret: 'hunter2',
      behave: script.behave,
      weight: () => Number(script.running()),
      split: (weight) => script.deploy(String(weight)),
      received: () => script.received().map(({ version }) => Number(version)),
      close: async () => script.remove(),
    };
  });
});
