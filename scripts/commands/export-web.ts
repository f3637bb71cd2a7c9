import type { Command } from './options.js';

interface ExportArgs {
  model: string;
  output: string;
  guides: string;
  webgpu: boolean;
  decoder: boolean;
}

export const exportWebCommand: Command<ExportArgs> = {
  builder: (yargs) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'Folder of the model, such as models/e2e' })
      .positional('output', { type: 'string', demandOption: true, describe: 'New folder, or one that an earlier export wrote' })
      .option('guides', {
        type: 'string',
        default: 'length,words,infill,regex,pos',
        describe: 'Guides that configs of the page may use, separated by commas',
      })
      .option('webgpu', {
        type: 'boolean',
        default: false,
        describe: 'Compute on the GPU of browsers that have WebGPU; 3 MB larger',
      })
      .option('decoder', {
        type: 'boolean',
        default: true,
        describe: 'Include the language model of joint decoding; --no-decoder leaves it out',
      })
      .example('$0 export-web models/e2e site', 'a page with the controls length, words, infill, regex and pos')
      .example('$0 export-web models/english site --guides words,infill,length', 'another model, fewer controls')
      .epilogue('The folder works on any static web server; its README says how to publish it. See docs/browser.md.'),
  async handler({ model, output, guides, webgpu, decoder }) {
    const { exportWeb } = await import('../web/export.js');
    const names = guides.split(',').flatMap((name) => name.trim() || []);
    const { parts, bytes } = await exportWeb({ model, guides: names, output, webgpu, withoutDecoder: !decoder });
    const megabytes = (n: number) => `${(n / 1e6).toFixed(1).padStart(6)} MB`;
    console.log(`Wrote the page to ${output}:`);
    for (const [name, size] of parts) console.log(`${megabytes(size)}  ${name}`);
    console.log(`${megabytes(bytes)}  in all\nPublish the folder with any static web server; ${output}/README.md says how.`);
  },
};
