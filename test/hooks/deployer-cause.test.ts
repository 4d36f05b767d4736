import { describe, expect, test } from 'vitest';
import { causeOf } from '../../src/hooks/deployer/cause.ts';

/** Outputs of Deployer 7.5.12 and 6.9.0, as they were recorded; paths are shortened. */
const outputs: readonly { readonly name: string; readonly output: string; readonly cause: string }[] = [
  {
    name: 'a wrong host key (7)',
    output: `task rollback
[shop-1]  error  in rollback.php on line 66:
[shop-1] run cd /srv/shop && (readlink /srv/shop/current)
[shop-1] err @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
[shop-1] err @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
[shop-1] err @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
[shop-1] err IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
[shop-1] err Offending ED25519 key in /etc/bakewatch/known_hosts:1
[shop-1] err Host key for shop-1 has changed and you have requested strict checking.
[shop-1] err Host key verification failed.
[shop-1] exit code -1 (Unknown error)
ERROR: Task rollback failed!
`,
    cause: 'Host key for shop-1 has changed and you have requested strict checking. Host key verification failed.',
  },
  {
    name: 'a wrong host key (6)',
    output: `➤ Executing task rollback

In Client.php line 103:
                                                                               
  The command "true" failed.                                                   
                                                                               
  Exit Code: -1 (Unknown error)                                                
                                                                               
  Host Name: shop-1                                                            
                                                                               
  ================                                                             
  @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@                  
  @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @                  
    remove with:                                                               
  Host key for [127.0.0.1]:19877 has changed and you have requested strict checking.
  Host key verification failed.                                                
                                                                               

rollback [-p|--parallel] [-l|--limit LIMIT] [--no-hooks] [--log LOG] [--] [<stage>]
`,
    cause: 'Host key for [127.0.0.1]:19877 has changed and you have requested strict checking. Host key verification failed.',
  },
  {
    name: 'a PHP without curl (7)',
    output: `task rollback

In Httpie.php line 45:
                                     
  Please, install curl extension.    
  https://php.net/curl.installation  
                                     

worker [--tag TAG] [--revision REVISION] [--task TASK] [--host HOST] [--port PORT] [--] [<selector>...]
ERROR: Task rollback failed!
`,
    cause: 'Please, install curl extension. https://php.net/curl.installation',
  },
  {
    name: 'a release that does not exist (7)',
    output: `task rollback
[shop-1] Current release is 4.
[shop-1]  RuntimeException  in rollback.php on line 71:
[shop-1]
[shop-1]   Release "99" not found in "/srv/shop/releases".
[shop-1]
ERROR: Task rollback failed!
`,
    cause: 'Release "99" not found in "/srv/shop/releases".',
  },
  {
    name: 'a task that fails after the switch (7)',
    output: `task rollback
[shop-1] rollback to release 2 was successful
task workers:reload
[shop-1]  error  in deploy.php on line 20:
[shop-1] run sudo -n systemctl reload php-fpm
[shop-1] err sudo: a password is required
[shop-1] exit code 1 (General error)
ERROR: Task workers:reload failed!
`,
    cause: 'sudo: a password is required',
  },
  {
    name: 'a selector that selects nothing (7)',
    output: `
In SelectCommand.php line 91:
                                                  
  No host selected. Please, check your selector:  
                                                  
      nowhere                                     
                                                  

rollback [--tag TAG] [-o|--option OPTION] [--plan] [--] [<selector>...]
`,
    cause: 'No host selected. Please, check your selector: nowhere',
  },
  {
    name: 'a task that does not exist (6)',
    output: '\nIn TaskCollection.php line 19:\n                            \n  Task `rollback` not found  \n\ndebug:task <task>\n',
    cause: 'Task `rollback` not found',
  },
  { name: 'a failed task without a reason', output: 'task rollback\nsomething\nERROR: Task rollback failed!\n', cause: 'something' },
  { name: 'only a failed task', output: 'ERROR: Task rollback failed!\n', cause: 'ERROR: Task rollback failed!' },
  { name: 'nothing', output: '', cause: '' },
];

describe('the reason in the output of Deployer', () => {
  test.for(outputs)('$name', ({ output, cause }) => expect(causeOf(output)).toBe(cause));
});
