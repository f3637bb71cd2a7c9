import { inputError } from '../../lib/base/errors.js';
import { expected, type SchemaNode } from '../../lib/config/index.js';
import type { GuideFactory, Via } from '../../lib/guide/contract.js';
import { type Registry, unknownGuide } from '../../lib/guide/registry.js';
import { registryWith } from '../registry.js';
import { type Command, type PluginArgs, pluginsOption } from './options.js';

interface Args extends PluginArgs {
  name: string | undefined;
}

/** The cost per reverse step of each `via`; K is `steering.inner`. */
const COSTS: Readonly<Record<Via, string>> = {
  posterior: 'next to nothing; by the gradient of a reward, one call of its function per text',
  particles: 'several trajectories per text, `particles.count`, each at the cost of a text',
  project: 'nothing',
  gradient: 'K gradients of a small network',
  'x0-gradient': 'K gradients of a small network',
};

export const guidesCommand: Command<Args> = {
  builder: (yargs) =>
    pluginsOption(yargs)
      .positional('name', { type: 'string', describe: 'Name of a guide' })
      .example('$0 guides', 'one line per guide')
      .example('$0 guides pos', 'its options, with an example')
      .example('$0 guides --plugins plugins', 'your own guides too'),
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
  if (factory === undefined) throw inputError('guides', unknownGuide(name, registry));
  return factory;
}

function description({ name, summary, places, options, example }: GuideFactory<unknown>): string {
  const fields = Object.entries((options['properties'] ?? {}) as Record<string, SchemaNode>);
  return [
    `${name}: ${summary}`,
    '',
    'Where it acts (the first is the default) and the cost per reverse step:',
    ...places.map((place) => `  "via": "${place}"  ${COSTS[place]}`),
    '',
    'Options:',
    ...fields.map(([field, schema]) => `  ${field}  ${schema.description ?? expected(schema)}`),
    '',
    'Example:',
    `  ${JSON.stringify({ guide: name, ...(example as object) })}`,
  ].join('\n');
}
