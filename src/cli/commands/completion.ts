import { Argument, type Command } from 'commander';
import { examples } from '#cli/globals';

const shells = ['bash', 'zsh', 'fish', 'powershell'];

export function completionCommand(program: Command): void {
  const command = program
    .command('completion')
    .description("A script that completes commands, options and values in a shell; load it in the shell's profile.")
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .action(async (shell: string) => {
      const { script } = await import('@bomb.sh/tab');
      script(shell, 'noontide', 'noontide');
    });
  examples(command, ['noontide completion bash > noontide.bash', 'noontide completion zsh > _noontide']);
}
