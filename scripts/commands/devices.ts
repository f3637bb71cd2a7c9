import type { Command } from './options.js';

export const devicesCommand: Command<object> = {
  builder: (yargs) => yargs.example('$0 devices', 'takes a few seconds; a config names one of them in "device"'),
  async handler() {
    const { listDevices } = await import('../../lib/engine/index.js');
    const reports = await listDevices();
    const width = Math.max(...reports.map(({ name }) => name.length));
    for (const { name, works, why, gflops, threads } of reports) {
      const speed = `${(gflops ?? 0).toFixed(1).padStart(7)} GFLOP/s, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
      console.log(
        `${name.padEnd(width)}  ${works ? `works  ${speed}` : `does not work here: ${why?.trim() ?? 'no reason given'}`}`,
      );
    }
  },
};
