import { inputError } from '../../lib/base/errors.js';
import { expected, nearest, type SchemaNode } from '../../lib/config/index.js';
import type { GuideFactory, Via } from '../../lib/guide/contract.js';
import type { Registry } from '../../lib/guide/registry.js';
import { registryWith } from '../registry.js';
import { type Command, type PluginArgs, pluginsOption } from './options.js';

interface Args extends PluginArgs {
  name: string | undefined;
}

/** What a place costs in each reverse step, with K for `steering.inner`. */
const COSTS: Readonly<Record<Via, string>> = {
  posterior: 'next to nothing; by the gradient of a reward, a call of its function a text',
  particles: 'several trajectories a text, `particles.count`, each at the cost of a text',
  project: 'nothing',
  gradient: 'K gradients of a small network',
  'x0-gradient': 'K gradients of a small network',
};

export const guidesCommand: Command<Args> = {
  builder: (yargs) =>
    pluginsOption(yargs)
      .positional('name', { type: 'string', describe: 'A guide' })
      .example('$0 guides', 'one line a guide')
      .example('$0 guides pos', 'what a config may say of it')
      .example('$0 guides --plugins plugins', 'those of your own too'),
  async handler({ name, plugins }) {
    const { guides } = await registryWith(plugins);
    console.log(name === undefined ? table(guides) : description(factoryOf(name, guides)));
  },
};

function table(registry: Registry): string {
  const factories = [...registry.values()];
  const width = Math.max(...factories.map(({ name }) => name.length));
  return factories.map(({ name, places, summary }) => `${name.padEnd(width)}  ${summary} (${places.join(', ')})`).join('\n');
}

function factoryOf(name: string, registry: Registry): GuideFactory<unknown> {
  const factory = registry.get(name);
  if (factory !== undefined) return factory;
  const known = [...registry.keys()];
  const meant = nearest(name, known);
  throw inputError(
    'guides',
    `no guide is named ${JSON.stringify(name)}, ${meant ? `did you mean ${meant}?` : `expected one of ${known.join(', ')}`}`,
  );
}

function description({ name, summary, places, options, example }: GuideFactory<unknown>): string {
  const fields = Object.entries((options['properties'] ?? {}) as Record<string, SchemaNode>);
  return [
    `${name}: ${summary}`,
    '',
    'Places (the first is the default) and their cost a reverse step:',
    ...places.map((place) => `  "via": "${place}"  ${COSTS[place]}`),
    '',
    'Options:',
    ...fields.map(([field, schema]) => `  ${field}  ${schema.description ?? expected(schema)}`),
    '',
    'Example:',
    `  ${JSON.stringify({ guide: name, ...(example as object) })}`,
  ].join('\n');
}
