<?php

// The recipe of the application, for Deployer 7 and 8: it deploys a tag, and waits for the verdict of its bake.

namespace Deployer;

require 'recipe/common.php';
require __DIR__ . '/bakewatch.php';

set('application', 'shop');
set('repository', 'https://github.com/example/shop.git');
set('bakewatch_environment', 'production');

host('shop-1.example.com')
    ->set('remote_user', 'deploy')
    ->set('forward_agent', false)
    ->set('deploy_path', '/srv/shop');

// How far back a rollback can go.
set('keep_releases', 10);

// Workers keep running the old code until they are told.
task('workers:reload', function () {
    run('sudo systemctl reload php-fpm');
});
after('deploy:symlink', 'workers:reload');
after('deploy:failed', 'deploy:unlock');
