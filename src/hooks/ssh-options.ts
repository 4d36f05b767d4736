import { z } from 'zod';
import { Duration } from '../core/base/option-schemas.ts';
import { isPinned, sshConnectionShape, unpinned } from '../net/ssh-connection.ts';
import { OrderCommand, PlaceCommand } from './placeholders.ts';

/** The options of the hook `ssh`. */
export const SshOptions = z
  .strictObject({
    ...sshConnectionShape,
    rollback: OrderCommand.describe('Remote program and arguments that put the target back; placeholders such as {version} are filled in.'),
    current: PlaceCommand.optional().describe('Remote program and arguments that print the running release on the first line.'),
    rehearse: OrderCommand.optional().describe(
      'Remote program and arguments that prove in a drill that `rollback` would work, and change nothing.',
    ),
    timeout: Duration.prefault('5m').describe('How long the remote program may take. Default: 5m.'),
  })
  .refine(isPinned, unpinned);

/** The parsed options. */
export type SshOptions = z.output<typeof SshOptions>;
