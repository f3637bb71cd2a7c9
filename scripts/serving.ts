import { join } from 'node:path';
import type { Argv } from 'yargs';
import { inputError } from '../lib/base/errors.js';
import { packageFolder } from '../lib/base/locate.js';
import { type PluginArgs, pluginsOption } from './commands/options.js';
import { describeError } from './exit.js';
import { interruptSignal } from './interrupt.js';
import { registryWith } from './registry.js';

/** Arguments of a command that starts a server. */
export interface ServingArgs extends PluginArgs {
  port: number;
  token: string | undefined;
  texts: number;
}

export const servingOptions = <T>(yargs: Argv<T>, port: number) =>
  pluginsOption(yargs)
    .option('port', { type: 'number', default: port, describe: 'Port of 127.0.0.1; 0 takes any free one' })
    .option('token', {
      type: 'string',
      describe: 'Secret that requests must carry',
      defaultDescription: 'a new one at each start',
    })
    .option('texts', { type: 'number', default: 256, describe: 'Most texts of one request' });

/**
 * Serves until Ctrl-C.
 *
 * @param withPage whether to serve the page of the studio too
 * @param greet prints the address
 */
export async function serve(
  { port, token, texts, plugins }: ServingArgs,
  withPage: boolean,
  greet: (url: string) => void,
): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw inputError('--port', `expected a port from 0 to 65535, got ${port}`);
  if (!Number.isInteger(texts) || texts < 1) throw inputError('--texts', `expected a whole number from 1, got ${texts}`);
  const [{ createEngine, textJudges }, { startServer }, { openJudgeResources }, { guides, judges: own }] = await Promise.all([
    import('../lib/serve/index.js'),
    import('../lib/serve/http/listen.js'),
    import('./judge-resources.js'),
    registryWith(plugins),
  ]);
  const signal = interruptSignal();
  const resources = await openJudgeResources({ parser: 'embedded', tagger: 'wink', corenlp: '', lm: [] });
  const judges = { ...resources, judges: own };
  const onBug = (error: unknown) => console.error(describeError(error, true));
  const engine = createEngine({ registry: guides, judges: textJudges(judges), texts, onBug });
  try {
    const page = withPage ? join(packageFolder(), 'dist/studio') : undefined;
    const server = await startServer({ engine, judges, port, token, page, onBug });
    greet(server.url);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await server.close();
  } finally {
    await engine.dispose();
  }
}
