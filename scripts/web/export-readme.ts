import type { ExportManifest } from '../../lib/web/protocol.js';

/** Returns the README of an export. @param model as its configs call it */
export const readmeOf = (
  model: string,
  { version, guides, provider }: ExportManifest,
): string => `# A page that writes under control

This folder is a web page. It makes texts of \`${model}\` with diffusteer ${version}, under the controls ${guides.join(', ')}, in the browser of
whoever opens it. It talks to nothing but its own folder.

## Publish it

Copy the whole folder to any static web server (GitHub Pages, an S3 bucket, nginx, a folder of a site); no path is absolute, so it
may lie anywhere. To look at it here, start any static server in it, such as \`npx serve\`, and open the address that it prints.

- It does not work from \`file://\`: browsers load no modules and workers from there.
- Publish the files that end in \`.gz\` as they are; the page unpacks them. If the server says that \`gzip\` is their encoding, that works too.
- Every current browser works (WebAssembly with SIMD, module workers, \`DecompressionStream\`: Chrome 89, Firefox 114, Safari 16.4 or later).
- A Content-Security-Policy must allow \`script-src 'self' 'unsafe-eval'\`, which WebAssembly and the checks of configs need, and
  \`worker-src 'self'\`.
- ${
  provider === 'webgpu'
    ? 'It computes on the GPU if the browser has WebGPU, otherwise on one core of the CPU. A GPU may round otherwise, so that a seed gives another text there.'
    : 'It computes on one core of the CPU.'
}

## Files

| file | what |
| --- | --- |
| \`index.html\`, \`studio.js\`, \`index.css\` | the page |
| \`engine.js\` | the engine and the guides, run in a worker |
| \`ort.mjs\`, \`ort.wasm.gz\` | onnxruntime-web (MIT licence) |
| \`export.json\`, \`files/\` | the model; its README says what it was trained on and under which licence it may be passed on |

"Save config" on the page gives a config for \`npx diffusteer generate\`, which makes the same texts.
`;
