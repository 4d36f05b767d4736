import { z } from 'zod';
import { Duration } from '../../core/base/option-schemas.ts';
import { SshConnection } from '../../net/ssh-connection.ts';
import { PlaceText } from '../placeholders.ts';
import { Variables } from '../variables.ts';

const argument = z.string().regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');
const program = argument.regex(/^[^\s-]/, 'must be the name or path of a program');
const AbsolutePath = PlaceText.regex(/^\/[^\p{Cc}]*$/u, 'must be an absolute path');

/** What the operator writes for a rollback with Deployer. */
export const DeployerOptions = z.strictObject({
  dep: z.tuple([program], argument).default(['dep']).describe('Deployer, such as [php, /opt/deployer.phar]. Default: [dep].'),
  recipe: AbsolutePath.describe('The recipe: absolute path of deploy.php or deploy.yaml.'),
  selector: PlaceText.regex(/^[^\s\p{Cc}-][^\p{Cc}]*$/u, 'must not be empty, start with - or hold control characters').describe(
    'The one host to roll back, as Deployer selects it; {service} and {environment} are filled in.',
  ),
  deploy_path: AbsolutePath.describe("Deployer's deploy_path on that host, where `current` and `releases` lie."),
  ssh: SshConnection.optional().describe('How that host is asked what runs. Without it, deploy_path is on the machine of the server.'),
  env: Variables.optional().describe('Environment variables for Deployer, beside PATH, HOME and LANG.'),
  timeout: Duration.prefault('5m').describe('Deployer and all it started are killed after this. Default: 5m.'),
});

/** The parsed options. */
export type DeployerOptions = z.output<typeof DeployerOptions>;
