import { EffectError } from '../../core/base/errors.ts';
import type { NonEmpty } from '../../core/base/non-empty.ts';
import { ProcessError, type RunProcess } from '../../net/process.ts';
import { sshRun } from '../../net/ssh.ts';
import { secretsIn } from '../../net/variables.ts';
import type { Place } from '../../ports/hook.ts';
import { fillText, placeValues } from '../placeholders.ts';
import type { DeployerOptions } from './options.ts';
import { type HostState, parseState } from './state.ts';

/** Prints what Deployer keeps on the host, and changes nothing. The first word of each line says what the line is. */
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

const timeoutMs = 30_000;
const maxAnswerBytes = 512 * 1024;

/** Reads the `deploy_path` of the host. Throws `EffectError` `unreachable` or `refused`: it changes nothing. */
export async function readHost(settings: DeployerOptions, place: Place, tools: HostTools): Promise<HostState> {
  const path = fillText(settings.deploy_path, placeValues(place));
  const where = settings.ssh === undefined ? path : `${settings.ssh.host}:${path}`;
  try {
    return parseState(await runScript(settings, ['sh', '-c', script, 'sh', path], tools), where);
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    const kind = error.kind === 'refused' ? 'refused' : 'unreachable';
    throw new EffectError(kind, `${where} could not be read: ${error.message}`, { cause: error, output: error.output });
  }
}

type HostTools = { readonly run: RunProcess; readonly signal: AbortSignal };

async function runScript({ ssh, env = {} }: DeployerOptions, argv: NonEmpty<string>, { run, signal }: HostTools): Promise<string> {
  if (ssh) {
    const result = await sshRun(ssh, { what: 'the script', argv, timeoutMs: timeoutMs, answerBytes: maxAnswerBytes }, { run, signal });
    return result.answer?.reveal() ?? '';
  }
  const request = { argv, timeoutMs: timeoutMs, maxOutputBytes: maxAnswerBytes, wantsAnswer: true, secrets: secretsIn(env) };
  const result = await run(request, signal).catch((error: unknown) => {
    throw error instanceof ProcessError ? new EffectError('unreachable', error.message, { cause: error }) : error;
  });
  if (result.exitCode !== 0) throw new EffectError('unreachable', result.stderr.trim().slice(-300) || `sh exited with ${result.exitCode}`);
  return result.answer?.reveal() ?? '';
}
