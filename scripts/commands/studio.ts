import { serve, type ServingArgs, servingOptions } from '../serving.js';
import type { Command } from './options.js';

export const studioCommand: Command<ServingArgs> = {
  builder: (yargs) =>
    servingOptions(yargs, 8789)
      .example('$0 studio', 'a page on which you compose controls and see texts form')
      .example('$0 studio --plugins plugins', 'with guides of your own')
      .epilogue('The page works with this machine alone; nothing is sent elsewhere.'),
  async handler(args) {
    await serve(args, true, (url) => console.log(`Open the studio: ${url}\nStop with Ctrl-C.`));
  },
};
