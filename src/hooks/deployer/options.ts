import { z } from 'zod';
import { Duration } from '../../core/base/option-schemas.ts';
import { SshConnection } from '../../net/ssh-connection.ts';
import { Variables } from '../../net/variables.ts';
import { PlaceText } from '../placeholders.ts';

const argument = z.string().regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');
const program = argument.regex(/^[^\s-]/, 'must be the name or path of a program');
const AbsolutePath = PlaceText.regex(/^\/[^\p{Cc}]*$/u, 'must be an absolute path');

/** The options of the hook `deployer`. */
export const DeployerOptions = z.strictObject({
  dep: z.tuple([program], argument).default(['dep']).describe('Deployer, such as [php, /opt/deployer.phar]. Default: [dep].'),
  recipe: AbsolutePath.describe('The recipe: absolute path of deploy.php or deploy.yaml.'),
  selector: PlaceText.regex(/^[^\s\p{Cc}-][^\p{Cc}]*$/u, 'must not be empty, start with - or hold control characters').describe(
    'The host to roll back, as Deployer selects it; several hosts only if their releases are equal. {service} and {environment} are filled in.',
  ),
  deploy_path: AbsolutePath.describe("Deployer's deploy_path on that host, which holds `current` and `releases`."),
  resume: z
    .array(argument.regex(/^[A-Za-z0-9][\w:.-]*$/, 'must be the name of a task'))
    .max(20)
    .optional()
    .describe(
      'The tasks of the recipe that follow the switch of a rollback, such as [workers:reload]. They run where an earlier attempt stopped after the switch; [] if nothing follows. Without it, a person is asked to look.',
    ),
  ssh: SshConnection.optional().describe(
    'The SSH connection to read the running release from that host. Without it, deploy_path is on the machine of the server.',
  ),
  env: Variables.optional().describe('Environment variables for Deployer, in addition to PATH, HOME, LANG and the proxies.'),
  timeout: Duration.prefault('5m').describe('Deployer and its child processes are killed after this time. Default: 5m.'),
});

/** The parsed options. */
export type DeployerOptions = z.output<typeof DeployerOptions>;
