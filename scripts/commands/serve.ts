import { serve, type ServingArgs, servingOptions } from '../serving.js';
import type { Command } from './options.js';

export const serveCommand: Command<ServingArgs> = {
  builder: (yargs) =>
    servingOptions(yargs, 8790)
      .example('$0 serve', 'the HTTP interface on port 8790')
      .example('curl -d @configs/length.json "http://127.0.0.1:8790/v1/generate?token=TOKEN"', 'texts of a config as JSON lines')
      .epilogue('The routes are described at /v1/openapi.json and in docs/server.md. The server writes no files.'),
  async handler(args) {
    await serve(args, false, (url) => console.log(`Serving the HTTP interface at ${url}\nStop with Ctrl-C.`));
  },
};
