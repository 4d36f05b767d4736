<?php

// A recipe for Deployer 7 and 8 that Bakewatch can roll back: /etc/bakewatch/deploy.php.

namespace Deployer;

require 'recipe/common.php';

host('shop-1.example.com')
    ->set('remote_user', 'deploy')
    ->set('identity_file', '/etc/bakewatch/id_ed25519')
    ->set('forward_agent', false)
    ->set('ssh_arguments', ['-o UserKnownHostsFile=/etc/bakewatch/known_hosts', '-o StrictHostKeyChecking=yes'])
    ->set('deploy_path', '/srv/shop');

// How far back a rollback can go.
set('keep_releases', 10);

// Workers keep running the old code until they are told.
task('workers:reload', function () {
    run('sudo systemctl reload php-fpm');
});
after('deploy:symlink', 'workers:reload');
after('rollback', 'workers:reload');
