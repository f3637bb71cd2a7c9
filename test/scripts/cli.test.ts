import { expect } from 'chai';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { addCommands, commandNames } from '../../scripts/commands/index.js';
import { runCli } from './run-cli.js';

describe('the command line', function () {
  this.timeout(60_000); // each case starts a process

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-cli-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function configFile(name: string, config: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(config));
    return path;
  }

  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('lists its commands, each with help that shows an example', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).to.equal(0);
    for (const name of commandNames) expect(stdout).to.contain(`diffusteer ${name}`);
    for (const name of commandNames) {
      const parser = await addCommands(yargs([name]).scriptName('diffusteer'), name, () => undefined);
      expect(await parser.getHelp(), name).to.match(/Examples:\n {2}diffusteer/);
    }
    expect((await runCli(['train', '--help'])).stdout).to.match(
      /^diffusteer train <config>\n[^]*Examples:\n {2}diffusteer train/,
    );
  });

  it('records traces of 8 texts if --trace has no number, of none without --trace', async () => {
    const traced = async (...args: string[]) => {
      const parser = await addCommands(yargs(['generate', 'c.json', ...args]), 'generate', () => undefined);
      return (await parser.parseAsync())['trace'];
    };
    expect(await traced('--trace')).to.equal(8);
    expect(await traced('--trace', '--set', 'seed=2')).to.equal(8);
    expect(await traced('--trace', '20')).to.equal(20);
    expect(await traced('--trace', 'all')).to.equal(Infinity);
    expect((await traced()) ?? 0).to.equal(0);
  });

  it('exits with 2 for invalid arguments and suggests the one meant', async () => {
    const [unknown, none, option, missing] = await Promise.all(
      [['trian'], [], ['train', 'c.json', '--dta', 'x'], ['train']].map((args) => runCli(args)),
    );
    for (const ended of [unknown, none, option, missing]) expect(ended).to.include({ code: 2, stdout: '' });
    expect(unknown!.stderr).to.contain('unknown command "trian", did you mean train?');
    expect(none!.stderr).to.contain('expected a command');
    expect(option!.stderr).to.contain('Unknown argument: dta (see diffusteer train --help)');
    expect(missing!.stderr).to.contain('see diffusteer train --help');
  });

  it('exits with 2 for an invalid config, with all problems and no stack', async () => {
    const path = await configFile('bad.json', { data: { file: 'x.txt' }, sed: 1, optimizer: { steps: 0 } });
    const { code, stderr } = await runCli(['train', path, '--set', 'model.layers=many']);
    expect(code).to.equal(2);
    expect(stderr).to.equal(
      [
        `${path}: 4 problems`,
        '  /output: expected a non-empty string, got nothing',
        '  /sed: unknown key, did you mean "seed"?',
        '  /model/layers: expected an integer from 1 to 64, got "many"',
        '  /optimizer/steps: expected an integer of at least 1, got 0',
        '',
      ].join('\n'),
    );
  });

  it('shows the stack with --debug', async () => {
    const { code, stderr } = await runCli(['train', '/nowhere.json', '--debug']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/\n {4}at /);
  });

  it('exits with 1 if the work fails', async () => {
    await mkdir(join(folder, 'blocked'));
    await writeFile(join(folder, 'blocked/checkpoint'), 'a file where a folder is wanted');
    const { code, stderr } = await runCli([
      'train',
      'test/smoke/train.json',
      '--data',
      'test/smoke',
      '--set',
      `output=${join(folder, 'blocked')}`,
      '--set',
      'optimizer.steps=2',
    ]);
    expect(code).to.equal(1);
    expect(stderr).to.contain('blocked/checkpoint').and.not.contain('    at ');
  });

  it('exits cleanly with 130 at the first Ctrl-C and resumes later', async () => {
    const train = ['train', 'test/smoke/train.json', '--data', 'test/smoke', '--set', `output=${join(folder, 'run')}`];
    let isSent = false;
    const stopped = await runCli([...train, '--set', 'validation.everySteps=1'], (text, kill) => {
      if (isSent || !text.includes('step 2:')) return;
      isSent = true;
      kill('SIGINT');
    });
    expect(stopped).to.include({ code: 130 });
    expect(stopped.stderr).to.match(/stopped after \d+ of 400 steps; run the same command again to resume/);
    expect(await readFile(join(folder, 'run/checkpoint/snapshot.safetensors'))).to.have.length.above(1000);
  });
});
