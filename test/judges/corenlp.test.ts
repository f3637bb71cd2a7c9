import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeRun } from '../../lib/evaluate/judge.js';
import { JudgeUnavailable } from '../../lib/judges/judge.js';
import { coreNlpParser } from '../../lib/judges/parsers/corenlp-client.js';
import { fetchCoreNlp, missingJars } from '../../lib/judges/parsers/corenlp-jars.js';
import { localCoreNlp, startCoreNlp } from '../../lib/judges/parsers/corenlp-server.js';
import { standardJudges } from '../../lib/judges/registry.js';

const words = (text: string): string[] => text.split(' ');

async function unavailable(job: Promise<unknown>): Promise<string> {
  const error: unknown = await job.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(JudgeUnavailable);
  return (error as Error).message;
}

async function endsSoon(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Returns whether a folder has nothing in it within three seconds. */
async function emptiesSoon(folder: string): Promise<boolean> {
  for (const until = Date.now() + 3000; Date.now() < until;) {
    if ((await readdir(folder)).length === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Sentences end at "." and at a new line; each is one flat NP. */
const flatParses = (body: string): { parse: string }[] =>
  body
    .split('\n')
    .flatMap((line) => line.split(/(?<= \.) /))
    .map((sentence) => ({
      parse: `(ROOT\n  (NP ${words(sentence)
        .map(() => '(NN x)')
        .join(' ')}))`,
    }));

describe('the client of Stanford CoreNLP', () => {
  let server: Server;
  let address = '';
  let requests: { url: URL; type: string | undefined; body: string }[] = [];
  let answer: (body: string) => { status: number; text: string };
  const parsed = (body: string) => ({ status: 200, text: JSON.stringify({ sentences: flatParses(body) }) });

  before((done) => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        requests.push({ url: new URL(request.url!, 'http://x'), type: request.headers['content-type'], body });
        const { status, text } = answer(body);
        if (status === 0) request.socket.destroy();
        else response.writeHead(status).end(text);
      });
    }).listen(0, '127.0.0.1', () => {
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => server.close());
  beforeEach(() => {
    requests = [];
    answer = parsed;
  });

  it('joins the sentences of a text, and keeps texts apart', async () => {
    const parses = await coreNlpParser(address).parse([words('tea helps . it does .'), [], words('so it does')]);
    expect(parses.map(({ nodes }) => nodes.map(({ start, end }) => [start, end]))).to.deep.equal([
      [
        [0, 3],
        [3, 6],
      ],
      [],
      [[0, 3]],
    ]);
    expect(parses.map(({ tags }) => tags.length)).to.deep.equal([6, 0, 3]);
  });

  it('sends words unchanged, one text per line, and turns off tokenization by the server', async () => {
    await coreNlpParser(address).parse([['50%', '+', 'caf\u00e9', 'two words', '\u00a0'], ['\n']]);
    expect(requests.map(({ body }) => body)).to.deep.equal(['50% + caf\u00e9 twowords _\n_']);
    expect(requests[0]!.type).to.equal('text/plain; charset=utf-8');
    const properties = JSON.parse(requests[0]!.url.searchParams.get('properties')!) as Record<string, string>;
    expect(properties).to.include({ 'tokenize.whitespace': 'true', 'ssplit.newlineIsSentenceBreak': 'always' });
  });

  it('sends batches, and returns the parses in order', async () => {
    const texts = Array.from({ length: 7 }, (_, i) => Array.from({ length: i + 1 }, () => 'x'));
    const parses = await coreNlpParser(address, { batch: 2, parallel: 3 }).parse(texts);
    expect(parses.map(({ tags }) => tags.length)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(requests).to.have.length(4);
  });

  it('reports a server that refuses, dies, is missing, or gives another answer', async () => {
    const parse = (): Promise<unknown> => coreNlpParser(address).parse([words('tea helps')]);
    answer = () => ({ status: 500, text: 'java.lang.OutOfMemoryError' });
    expect(await unavailable(parse()))
      .to.contain('500: java.lang.OutOfMemoryError')
      .and.contain('judge again');
    answer = () => ({ status: 0, text: '' });
    expect(await unavailable(parse())).to.contain('gave no parses');
    answer = () => ({ status: 200, text: '<html>' });
    expect(await unavailable(parse())).to.contain('gave no parses');
    answer = () => ({ status: 200, text: '{"sentences": []}' });
    expect(await unavailable(parse())).to.contain('trees over the words that were sent');
    answer = () => parsed('one more . tea helps');
    expect(await unavailable(parse())).to.contain('trees over the words that were sent');
    expect(await unavailable(coreNlpParser('http://127.0.0.1:1').parse([['a']]))).to.contain('http://127.0.0.1:1 gave no parses');
  });

  it('leaves a gap in the report if the server dies half-way, and keeps the other judgements', async () => {
    const samples = ['a b', 'a b c'].map((text) => ({
      id: '',
      target: {},
      sample: 0,
      tokens: words(text),
      text,
      guides: {},
      seed: 1,
    }));
    const options = samples.map(() => ({ length: { length: 2 }, tree: { tree: '(NP (NN a) (NN b))' } }));
    answer = (body) => (body.includes('c') ? { status: 0, text: '' } : parsed(body));
    const judges = standardJudges({ parser: coreNlpParser(address, { batch: 1, parallel: 1 }) });
    const report = await judgeRun(samples, { options, judges });
    expect(requests).to.have.length(2);
    expect(report.guides).to.have.all.keys('length');
    expect(report.gaps['tree']).to.contain('gave no parses');
  });
});

describe('the server of Stanford CoreNLP', () => {
  let folder: string;
  const jars = [
    'stanford-corenlp-4.5.10.jar',
    'stanford-corenlp-4.5.10-models.jar',
    'stanford-corenlp-4.5.10-models-english.jar',
  ];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-test-'));
    for (const jar of jars) await writeFile(join(folder, jar), '');
  });
  after(() => rm(folder, { recursive: true }));

  /** A program in place of Java. */
  async function fakeJava(name: string, body: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, `#!${process.execPath}\n${body}`);
    await chmod(path, 0o755);
    return path;
  }

  const SERVES = `
    const at = (flag) => process.argv[process.argv.indexOf(flag) + 1];
    require('node:http').createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += piece)).on('end', () => {
        const tree = '(NP ' + body.split(' ').map(() => '(NN x)').join(' ') + ')';
        response.end(request.url === '/ready' ? 'ready' : JSON.stringify({ sentences: [{ parse: tree }] }));
        if (body === 'die now') process.exit(1);
      });
    }).listen(Number(at('-port')), '127.0.0.1');`;

  it('starts, answers, and stops without leftovers', async () => {
    const left = async (): Promise<number> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('diffusteer-corenlp-')).length;
    const before = await left();
    const server = await startCoreNlp(folder, { java: await fakeJava('serves', SERVES) });
    expect(server.address).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await coreNlpParser(server.address).parse([['a', 'b']]))[0]!.tags).to.have.length(2);
    await server.stop();
    await server.stop();
    expect(await unavailable(coreNlpParser(server.address).parse([['a']]))).to.contain('gave no parses');
    expect(await left()).to.equal(before);
  });

  it('ends with its process, whatever signal ends that, and leaves no folder', async () => {
    const java = await fakeJava(
      'serves',
      `require('node:fs').writeFileSync(process.argv[1] + '.pid', String(process.pid));${SERVES}`,
    );
    const module = new URL('../../lib/judges/parsers/corenlp-server.js', import.meta.url).href;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const) {
      const code = `const { startCoreNlp } = await import(${JSON.stringify(module)});
        await startCoreNlp(${JSON.stringify(folder)}, { java: ${JSON.stringify(java)} });
        console.log('ready');`;
      const own = await mkdtemp(join(tmpdir(), 'diffusteer-signal-'));
      const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', code], {
        env: { ...process.env, TMPDIR: own },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      child.kill(signal);
      expect((await once(child, 'exit'))[1], 'the process ends by the signal').to.equal(signal);
      const pid = Number(await readFile(`${java}.pid`, 'utf8'));
      expect(await endsSoon(pid), `the server after ${signal}`).to.equal(true);
      expect(await emptiesSoon(own), `the folder after ${signal}`).to.equal(true);
      await rm(own, { recursive: true });
    }
  });

  it('starts only with the first text, and does not restart after it died', async () => {
    const { parser, stop } = localCoreNlp(folder, { java: await fakeJava('serves', SERVES) });
    await stop(); // never started: nothing to stop
    expect(await parser.parse([['a']])).to.have.length(1);
    await parser.parse([['die', 'now']]).catch(() => undefined);
    expect(await unavailable(parser.parse([['a']]))).to.contain('gave no parses');
    await stop();
  });

  it('says what is missing, or quotes the server if it ended', async () => {
    expect(await unavailable(startCoreNlp(folder, { java: '/no/java' }))).to.contain('Java was not found as "/no/java"; install');
    const ends = await fakeJava('ends', 'process.stderr.write("Could not reserve enough space"); process.exit(3)');
    expect(await unavailable(startCoreNlp(folder, { java: ends })))
      .to.contain('exit 3')
      .and.contain('Could not reserve enough space');
    const sleeps = await fakeJava('sleeps', 'setTimeout(() => {}, 60000)');
    expect(await unavailable(startCoreNlp(folder, { java: sleeps, patience: 300 }))).to.contain('not ready after 0.3 s');
    expect(await unavailable(startCoreNlp(join(folder, 'none'))))
      .to.contain('lacks')
      .and.contain('diffusteer corenlp fetch');
  });

  it('names the jars that a folder lacks', async () => {
    expect(await missingJars(folder)).to.deep.equal([]);
    await rm(join(folder, jars[1]!));
    expect(await missingJars(folder)).to.deep.equal(['stanford-corenlp-VERSION-models.jar']);
    expect(await missingJars(join(folder, 'none'))).to.have.length(3);
  });

  it('is downloaded by Maven, and reports if Maven is missing or fails', async () => {
    const to = join(folder, 'fetched');
    const error = await fetchCoreNlp(to, '/no/mvn').catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message').that.contains('Maven was not found as "/no/mvn"');
    const fails = await fakeJava('mvn', 'process.stdout.write("[ERROR] no route to host"); process.exit(1)');
    expect(await fetchCoreNlp(to, fails).catch((thrown: unknown) => thrown))
      .to.have.property('message')
      .that.contains('no route to host');
    const copies = await fakeJava(
      'mvn2',
      `const to = process.argv.find((a) => a.startsWith('-DoutputDirectory=')).split('=')[1];
       const pom = require('node:fs').readFileSync(process.argv[process.argv.indexOf('-f') + 1], 'utf8');
       for (const c of pom.match(/(?<=<classifier>)[^<]+/g)) require('node:fs').writeFileSync(to + '/stanford-corenlp-4.5.10-' + c + '.jar', '');`,
    );
    await fetchCoreNlp(to, copies);
    expect(await missingJars(to)).to.deep.equal(['stanford-corenlp-VERSION.jar']);
  });
});
