<?php

// A recipe for Deployer 7 and 8: registers each deploy with Bakewatch, and waits for the verdict of its bake. README.md says how it is used.

namespace Deployer;

use Deployer\Exception\ConfigurationException;
use Deployer\Exception\GracefulShutdownException;

set('bakewatch_url', function () {
    return getenv('BAKEWATCH_URL') ?: '';
});
set('bakewatch_token', function () {
    return getenv('BAKEWATCH_TOKEN') ?: '';
});
// The service and the environment, as the rule file names them.
set('bakewatch_service', function () {
    return get('application');
});
set('bakewatch_environment', 'production');
// The name of the release. Bakewatch finds it again by the tag or branch in Deployer's log, or by its commit.
set('bakewatch_version', function () {
    return get('target') === 'HEAD' ? get('bakewatch_commit') : get('target');
});
set('bakewatch_commit', function () {
    return run('cat {{release_or_current_path}}/REVISION 2> /dev/null || true');
});
// none, compatible or irreversible.
set('bakewatch_migrations', 'none');
// How long to wait for the verdict, in seconds.
set('bakewatch_timeout', 3600);
// How long to call again while the server does not answer, in seconds.
set('bakewatch_retry', 300);

// Each task runs in a process of its own, and all of them must register the same deploy: they inherit this.
if (getenv('BAKEWATCH_BUILD_ID') === false) {
    // Deployer hands down only variables that are in `$_SERVER`, too.
    $_ENV['BAKEWATCH_BUILD_ID'] = $_SERVER['BAKEWATCH_BUILD_ID'] = 'dep-' . bin2hex(random_bytes(12));
    putenv('BAKEWATCH_BUILD_ID=' . $_SERVER['BAKEWATCH_BUILD_ID']);
}

desc('Registers the deploy with Bakewatch, before the switch');
task('bakewatch:started', function () {
    $deploy = bakewatchDeploy();
    info("Bakewatch: {$deploy['url']}");
})->once();

desc('Reports to Bakewatch that the deploy has finished; its bake begins');
task('bakewatch:finished', function () {
    bakewatchCall('POST', '/v1/deploys/' . bakewatchDeploy()['id'] . '/finished');
})->once();

desc('Waits for the verdict of the bake');
task('bakewatch:wait', function () {
    $path = '/v1/deploys/' . bakewatchDeploy()['id'];
    $until = time() + get('bakewatch_timeout');
    $seen = '';
    $deploy = bakewatchCall('GET', $path);
    while (!$deploy['final'] && time() < $until) {
        $line = implode(', ', array_merge([$deploy['state']], array_map(function ($check) {
            return "{$check['name']}: {$check['outcome']}";
        }, $deploy['checks'])));
        if ($line !== $seen) {
            info(bakewatchPlain(str_replace('_', ' ', $line)));
        }
        $seen = $line;
        $seconds = max(1, min(30, $until - time()));
        $deploy = bakewatchCall('GET', "$path/wait?timeout={$seconds}s&after={$deploy['bake_version']}");
    }
    $verdict = bakewatchPlain("{$deploy['service']} {$deploy['release']['version']}: {$deploy['summary']}");
    if (!$deploy['final']) {
        warning("$verdict; this wait is over, and the bake goes on: {$deploy['url']}");
    } elseif (in_array($deploy['state'], ['passed', 'superseded'], true)) {
        info($verdict);
    } else {
        // The release was deployed, so the tasks for a deploy that failed must not run.
        throw new GracefulShutdownException("$verdict\n{$deploy['url']}");
    }
})->once();

desc('Cancels the bake of a deploy that has failed before the switch');
task('bakewatch:failed', function () {
    if (get('bakewatch_url') === '') {
        return;
    }
    try {
        $build = rawurlencode(getenv('BAKEWATCH_BUILD_ID'));
        // A deploy that has failed early was not registered.
        $deploy = bakewatchCall('GET', "/v1/deploys?build_id=$build")['deploys'][0] ?? null;
        if ($deploy !== null && $deploy['deployed_at'] === null) {
            bakewatchCall('POST', "/v1/deploys/{$deploy['id']}/cancel");
        } elseif ($deploy !== null) {
            info("Bakewatch: the release is in place, so its bake goes on: {$deploy['url']}");
        }
    } catch (\RuntimeException $error) {
        warning('the bake was not canceled: ' . $error->getMessage());
    }
})->once()->hidden();

before('deploy:symlink', 'bakewatch:started');
after('deploy:symlink', 'bakewatch:finished');
after('deploy:success', 'bakewatch:wait');
after('deploy:failed', 'bakewatch:failed');

/** Registers the deploy, or finds it again: calls with the same build id are one deploy. */
function bakewatchDeploy(): array
{
    $commit = get('bakewatch_commit');
    return bakewatchCall('POST', '/v1/deploys', array_filter([
        'service' => get('bakewatch_service'),
        'environment' => get('bakewatch_environment'),
        'version' => get('bakewatch_version'),
        'commit' => $commit,
        'migrations' => get('bakewatch_migrations'),
        'phase' => 'started',
        'build_id' => getenv('BAKEWATCH_BUILD_ID'),
    ]));
}

/** Calls the server, again while it does not answer. Returns the answer. Throws a RuntimeException where it refuses. */
function bakewatchCall(string $method, string $path, ?array $body = null): array
{
    $url = rtrim(get('bakewatch_url'), '/');
    if (!preg_match('#^(https://|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$)#', $url)) {
        throw new ConfigurationException('set bakewatch_url, or the variable BAKEWATCH_URL, to the https address of the Bakewatch server');
    }
    $headers = ['accept: application/json', 'content-type: application/json'];
    if (get('bakewatch_token') !== '') {
        $headers[] = 'authorization: Bearer ' . get('bakewatch_token');
    }
    $http = ['method' => $method, 'timeout' => 75, 'ignore_errors' => true, 'follow_location' => 0];
    $began = time();
    for ($try = 1; ; $try++) {
        // What was measured since the first try is of this deploy, and not of the time before it.
        $late = $try > 1 && $body !== null ? ['bakewatch-first-try-ago: ' . (time() - $began)] : [];
        $content = $body === null ? [] : ['content' => json_encode($body, JSON_THROW_ON_ERROR)];
        $context = stream_context_create(['http' => $http + $content + ['header' => array_merge($headers, $late)]]);
        $http_response_header = [];
        $text = @file_get_contents($url . $path, false, $context);
        $status = (int) (explode(' ', $http_response_header[0] ?? '')[1] ?? 0);
        $answer = $text === false ? null : json_decode($text, true);
        if (is_array($answer) && $status >= 200 && $status < 300) {
            return $answer;
        }
        $why = bakewatchPlain($answer['detail'] ?? ($status === 0 ? "no answer from $url" : "the server answered $status"));
        $mayRetry = $status === 0 || $status === 429 || $status >= 500 || ($status < 300 && !is_array($answer));
        if (!$mayRetry || time() - $began + 5 > get('bakewatch_retry')) {
            throw new \RuntimeException("Bakewatch: $why");
        }
        if ($try === 1) {
            warning("Bakewatch: $why; retrying");
        }
        sleep(5);
    }
}

/** A text without control characters, and without the marks that Deployer replaces by its config. */
function bakewatchPlain(string $text): string
{
    return str_replace(['{{', '}}', '<'], ['{ {', '} }', '‹'], preg_replace('/[[:cntrl:]]/', ' ', $text) ?? '');
}
