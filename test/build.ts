import { execFileSync } from 'node:child_process';

/** Compiles once before the tests, so that the command line is run as it is shipped. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
}
