import { EffectError } from '../../core/base/errors.ts';
import type { NonEmpty } from '../../core/base/non-empty.ts';
import { ProcessError, type RunProcess } from '../../net/process.ts';
import { sshRun } from '../../net/ssh.ts';
import type { Place } from '../../ports/hook.ts';
import { fillInText, placeValues } from '../placeholders.ts';
import { secretsIn } from '../variables.ts';
import type { DeployerOptions } from './options.ts';
import { type HostState, parseState } from './state.ts';

/** Reads what Deployer keeps on the host, and changes nothing. Its lines are told apart by their first word. */
const script = `
cd "$1" || exit 66
printf 'current\\t%s\\n' "$(readlink current)"
[ ! -e .dep/deploy.lock ] || printf 'lock\\t%s\\n' "$(head -n 1 .dep/deploy.lock)"
for folder in releases/*/; do
  [ -d "$folder" ] || continue
  bad=; [ ! -e "$folder/BAD_RELEASE" ] || bad=bad
  printf 'release\\t%s\\t%s\\t%s\\n' "$(basename "$folder")" "$bad" "$(head -n 1 "$folder/REVISION" 2>/dev/null)"
done
for log in releases releases_log; do
  [ ! -f ".dep/$log" ] || tail -n 200 ".dep/$log" | while IFS= read -r line; do printf '%s\\t%s\\n' "$log" "$line"; done
done
`;

const askMs = 30_000;
const answerBytes = 512 * 1024;

/** Asks the host what lies in its `deploy_path`. Throws `EffectError`: nothing was changed, so `unreachable` or `refused`. */
export async function readHost(settings: DeployerOptions, place: Place, by: Ways): Promise<HostState> {
  const path = fillInText(settings.deploy_path, placeValues(place));
  const where = settings.ssh === undefined ? path : `${settings.ssh.host}:${path}`;
  try {
    return parseState(await printed(settings, ['sh', '-c', script, 'sh', path], by), where);
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    const kind = error.kind === 'refused' ? 'refused' : 'unreachable';
    throw new EffectError(kind, `${where} could not be read: ${error.message}`, { cause: error, output: error.output });
  }
}

type Ways = { readonly run: RunProcess; readonly signal: AbortSignal };

async function printed({ ssh, env = {} }: DeployerOptions, argv: NonEmpty<string>, { run, signal }: Ways): Promise<string> {
  if (ssh) {
    const result = await sshRun(ssh, { what: 'the question', argv, timeoutMs: askMs, answerBytes }, { run, signal });
    return result.answer?.reveal() ?? '';
  }
  const request = { argv, timeoutMs: askMs, maxOutputBytes: answerBytes, wantsAnswer: true, secrets: secretsIn(env) };
  const result = await run(request, signal).catch((error: unknown) => {
    throw error instanceof ProcessError ? new EffectError('unreachable', error.message, { cause: error }) : error;
  });
  if (result.exitCode !== 0) throw new EffectError('unreachable', result.stderr.trim().slice(-300) || `sh exited with ${result.exitCode}`);
  return result.answer?.reveal() ?? '';
}
