import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Download, Page } from 'playwright-core';
import type { GenerateRequest } from '../../lib/serve/index.js';
import { useBrowser } from './browser.js';
import { StandIn } from './stand-in-server.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** How far the page is wider than the window, in pixels. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
const MOST_BYTES = 250 * 1024;

/** Returns the config in the editor. */
const configOf = async (page: Page): Promise<GenerateRequest> =>
  JSON.parse(await page.getByLabel('Config as JSON').inputValue()) as GenerateRequest;

/** Returns the words of the texts that are shown. */
const textsOf = (page: Page): Promise<string[]> => page.locator('article.text .words').allInnerTexts();

/** Returns the text of a file that the page saves. */
const savedBy = async (page: Page, name: string): Promise<string> => {
  const [download] = await Promise.all([
    page.waitForEvent('download') as Promise<Download>,
    page.getByRole('button', { name }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
};

/** Moves the slider of the steps. */
const seek = (page: Page, step: number): Promise<void> => page.getByLabel('Reverse step', { exact: true }).fill(String(step));

/** Runs the config and waits for the finished texts. */
async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('the finished texts').waitFor();
}

describe('the studio', function () {
  this.timeout(180_000); // only a limit: it takes seconds on an idle machine
  const server = new StandIn();
  const open = useBrowser();
  const openPage = async (options = {}): Promise<Page> => {
    const page = await open(server.url, options);
    await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor();
    return page;
  };
  before(() => server.start());
  after(() => server.stop());

  it(`takes at most ${MOST_BYTES / 1024} KB, compressed`, async () => {
    const files = await Promise.all(['index.html', 'index.css', 'studio.js'].map((name) => readFile(`dist/studio/${name}`)));
    expect(files.reduce((sum, file) => sum + gzipSync(file).length, 0)).to.be.below(MOST_BYTES);
  });

  it('asks nothing of anyone but its server, and opens with an example that runs', async () => {
    const page = await open('about:blank');
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(server.url);
    await run(page);
    expect([...hosts]).to.deep.equal([new URL(server.url).host]);
    expect(await textsOf(page)).to.have.lengthOf(2);
    await page.context().close();
  });

  it('composes by clicks what the JSON says, and the other way round', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: '+ Add a control' }).click();
    await page.getByRole('button', { name: /^length/ }).click();
    const length = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'length#2', exact: true }) });
    await length.getByRole('radio', { name: 'exactly' }).check();
    await length.getByLabel('Words, as a number').fill('7');
    expect((await configOf(page)).guidance?.at(-1)).to.deep.equal({ guide: 'length', length: 7 });

    await page.getByRole('button', { name: 'or: put into “one of these” (length#2)' }).click();
    await page.getByRole('button', { name: 'not: must not hold (any)' }).click();
    expect((await configOf(page)).guidance?.at(-1)).to.deep.equal({ not: { any: [{ guide: 'length', length: 7 }] } });
    await page.getByRole('button', { name: 'Remove (length#2)' }).click();
    expect((await configOf(page)).guidance).to.have.lengthOf(3); // the empty groups around it are gone

    const config = await configOf(page);
    await page
      .getByLabel('Config as JSON')
      .fill(JSON.stringify({ ...config, guidance: [{ guide: 'pos', tags: ['DET', 'NOUN'] }] }));
    expect(await page.locator('.slot').allInnerTexts()).to.deep.equal(['1\nDET', '2\nNOUN']);
    await page.getByRole('button', { name: 'VERB, verb' }).click();
    expect((await configOf(page)).guidance).to.deep.equal([{ guide: 'pos', tags: ['DET', 'NOUN', 'VERB'] }]);
    await page.context().close();
  });

  it('has a field for each option of a guide that it has never heard of', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: '+ Add a control' }).click();
    await page.getByRole('button', { name: /^plugin/ }).click();
    await page.getByLabel('avoid').fill('pub');
    await page.getByLabel('avoid').press('Enter');
    await page.getByLabel('strength').fill('3');
    expect((await configOf(page)).guidance?.at(-1)).to.deep.equal({ guide: 'plugin', avoid: ['food', 'pub'], strength: 3 });
    await page.context().close();
  });

  it('shows a problem at its field and in the JSON, and does not run', async () => {
    const page = await openPage();
    await page.getByLabel('all of').first().fill('castle');
    await page.getByLabel('all of').first().press('Enter');
    const problem = page.locator('[data-path="/guidance/0/all"] li');
    await problem.waitFor();
    expect(await problem.innerText()).to.equal('the model does not know "castle"');
    expect(await page.getByLabel('all of').first().getAttribute('aria-invalid')).to.equal('true');
    expect(await page.locator('.json pre .wrong').innerText()).to.equal('"castle"');
    expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).to.equal(true);

    await page.getByLabel('Config as JSON').fill('{ "model": 1,\n  oops }');
    await page.getByText('line 2, column 3: expected a key in double quotes, got "o"').waitFor();
    await page.context().close();
  });

  it('takes controls from a sentence', async () => {
    const page = await openPage();
    await page.getByLabel('A sentence to take controls from').fill('The pub is cheap .');
    await page.getByRole('button', { name: 'Analyse' }).click();
    for (const name of ['+ 5 words', '+ its tags', '+ its tree', '+ NP at words 1 to 2'])
      await page.getByRole('button', { name, exact: true }).click();
    expect((await configOf(page)).guidance?.slice(3)).to.deep.equal([
      { guide: 'length', length: 5 },
      { guide: 'pos', tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'] },
      { guide: 'tree', tree: '(S (NP (DT The) (NN pub)) (VP (VBZ is) (ADJP (JJ cheap))) (. .))' },
      { guide: 'spans', spans: [[0, 1, 'NP']] },
    ]);
    await page.getByRole('button', { name: 'Take NP out' }).click();
    expect((await configOf(page)).guidance?.[5]).to.deep.equal({
      guide: 'tree',
      tree: '(S (DT The) (NN pub) (VP (VBZ is) (ADJP (JJ cheap))) (. .))',
    });
    await page.context().close();
  });

  it('makes a span of words that were dragged over', async () => {
    const page = await openPage();
    const config = await configOf(page);
    await page
      .getByLabel('Config as JSON')
      .fill(JSON.stringify({ ...config, guidance: [{ guide: 'spans', spans: [[0, 1, 'NP']] }] }));
    await page.getByLabel('Word 4', { exact: true }).hover();
    await page.mouse.down();
    await page.getByLabel('Word 6', { exact: true }).hover();
    await page.mouse.up();
    await page.getByRole('button', { name: 'PP', exact: true }).click();
    expect((await configOf(page)).guidance).to.deep.equal([
      {
        guide: 'spans',
        spans: [
          [0, 1, 'NP'],
          [3, 5, 'PP'],
        ],
      },
    ]);
    await page.context().close();
  });

  it('shows the words of every step, paler while uncertain, and plays through them', async () => {
    const page = await openPage();
    await run(page);
    await seek(page, 0);
    const first = await textsOf(page);
    const words = page.locator('article.text').first().locator('.word');
    const opacities = await Promise.all(
      [words.first(), words.last()].map(async (word) =>
        Number(/opacity: ([\d.]+)/.exec((await word.getAttribute('style'))!)![1]),
      ),
    );
    expect(opacities[1]).to.be.below(opacities[0]!);
    await seek(page, 10);
    expect(await textsOf(page)).to.not.deep.equal(first);
    await page.getByRole('button', { name: 'Play' }).click(); // from the end it plays from the beginning
    await page.getByText('step 2 of 10').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.getByText('the finished texts').count()).to.equal(0);
    await page.context().close();
  });

  it('shows the top words of a position, what guides added to them, and the course of each guide', async () => {
    const page = await openPage();
    await run(page);
    await page.getByRole('button', { name: 'Text 1' }).click();
    await seek(page, 3);
    await page.locator('article.selected button.word').nth(1).click();
    const rows = await page.locator('.inspector tbody tr').allInnerTexts();
    expect(rows).to.have.lengthOf(5);
    expect(rows[0]).to.match(/50 %[^]*words \+1\.50/);
    expect(rows[1]).to.match(/words −2\.00/);
    expect(await page.getByRole('img', { name: /^words over the steps: from −7\.20 to 0\.00 nats/ }).count()).to.equal(1);
    await page.context().close();
  });

  it('branches from a step with a word kept, another forbidden and a weight changed, next to the text', async () => {
    const page = await openPage();
    await run(page);
    await page.getByRole('button', { name: 'Text 2' }).click();
    await seek(page, 4);
    await page.locator('article.selected button.word').nth(5).click();
    await page.getByLabel('Another word for this position').fill('expensive');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.locator('article.selected button.word').nth(0).click();
    await page.getByRole('button', { name: 'Forbid it' }).click();
    await page.getByText('Change a weight').click();
    await page.locator('.weights').getByLabel('words').fill('2');
    await page.getByRole('button', { name: 'Branch from step 5' }).click();
    await page.locator('.branch').getByText('expensive').last().waitFor();

    const { branch, guidance } = server.runs.at(-1)!;
    expect(branch).to.include({ text: '0-1', step: 4 });
    expect(branch?.of.guidance).to.have.lengthOf(3);
    expect(guidance?.[0]).to.include({ guide: 'words', weight: 2 });
    expect(guidance?.slice(3)).to.deep.equal([
      { guide: 'words', at: [{ position: 5, word: 'expensive' }] },
      { not: { guide: 'words', at: [{ position: 0, word: 'Near' }] } },
    ]);
    await page.getByText('the finished texts').waitFor();
    expect(await page.locator('article.selected .side .words').allInnerTexts()).to.have.lengthOf(2);
    await page.context().close();
  });

  it('says which candidate it shows, shows the steps of the chosen one, and branches from it', async () => {
    const page = await openPage();
    const config = { ...(await configOf(page)), decode: { name: 'joint', candidates: 4 } };
    await page.getByLabel('Config as JSON').fill(JSON.stringify(config));
    await run(page);
    const notes = page.locator('article.text .candidate');
    await notes.getByText('candidate 3 of 4').waitFor();
    expect(await notes.allInnerTexts()).to.deep.equal(['candidate 1 of 4', 'candidate 3 of 4']);
    await page.getByRole('button', { name: 'Text 2' }).click();
    await seek(page, 8);
    expect(await page.locator('article.selected .words').first().innerText()).to.contain('Near the river');
    await page.locator('article.selected button.word').nth(5).click();
    await page.getByRole('button', { name: 'Forbid it' }).click();
    await page.getByRole('button', { name: 'Branch from step 9' }).click();
    await page.getByText('the finished texts').waitFor();
    const { branch, decode } = server.runs.at(-1)!;
    expect(branch).to.include({ text: '0-1', step: 8, candidate: 2 });
    expect(decode, 'one candidate, so that only the change matters').to.deep.equal({ name: 'joint' });
    await page.context().close();
  });

  it('marks what failed, keeps and drops by a key, and saves the texts that were kept', async () => {
    const page = await openPage();
    await run(page);
    expect(await page.locator('article.text ruby rt').allInnerTexts()).to.deep.equal(['not "nice"']);
    expect(await page.locator('.verdicts .fails').allInnerTexts()).to.deep.equal(['words 50 %']);
    const all = await savedBy(page, 'Save JSON lines');
    expect(all.split('\n')).to.have.lengthOf(3);

    await page.getByRole('button', { name: 'Text 1' }).focus();
    await page.keyboard.press('n');
    await page.locator('article.text[data-text="0-1"]:focus-within').waitFor(); // before the next key
    await page.keyboard.press('y');
    expect(await page.locator('article.text.kept').getAttribute('data-text')).to.equal('0-1');
    const kept = await savedBy(page, 'Save JSON lines');
    expect(kept).to.equal(`${all.split('\n')[1]!}\n`);
    await page.context().close();
  });

  it('saves a config that asks for the same run again', async () => {
    const page = await openPage();
    await run(page);
    const lines = await savedBy(page, 'Save JSON lines');
    const config = await savedBy(page, 'Save config');
    expect(JSON.parse(config)).to.include({ seed: 7, output: 'runs/studio' });
    await page.getByLabel('Config as JSON').fill(config);
    await run(page);
    expect(await savedBy(page, 'Save JSON lines')).to.equal(lines);
    await page.context().close();
  });

  it('keeps what it has when the server dies, and goes on when it is back', async () => {
    const page = await openPage();
    await run(page);
    server.pause = 1500;
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText(/^step \d+ of 10/).waitFor();
    await server.stop();
    await page.getByText('The server broke off. Run again when it is back.').waitFor();
    await page.getByText('The server does not answer. Trying again …').waitFor();
    expect(await textsOf(page)).to.have.lengthOf(2);
    server.pause = 5;
    await server.start();
    await page.getByText('The server does not answer').waitFor({ state: 'detached' });
    await run(page);
    await page.context().close();
  });

  it('works by keyboard alone', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: '+ Add a control' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // the second guide of the list
    expect((await configOf(page)).guidance?.at(-1)).to.include({ guide: 'length' });
    await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('the finished texts').waitFor();
    await page.getByRole('button', { name: 'Text 1' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowLeft');
    await page.getByText('step 10 of 10').waitFor();
    await page.getByRole('button', { name: 'Keep', exact: true }).first().waitFor();
    await page.keyboard.press('j');
    expect(await page.locator('article.selected').getAttribute('data-text')).to.equal('0-1');
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark'] as const)
    for (const [name, width, height] of [
      ['desktop', 1440, 900],
      ['phone', 390, 844],
    ] as const)
      it(`violates no rule of axe-core: ${name}, ${colorScheme}`, async () => {
        const page = await openPage({ colorScheme, viewport: { width, height } });
        await page.addScriptTag({ path: AXE });
        expect(await violationsOf(page), 'composing').to.deep.equal([]);
        expect(await page.evaluate<number>(OVERFLOW)).to.equal(0);
        await run(page);
        expect(await violationsOf(page), 'finished').to.deep.equal([]);
        await page.getByRole('button', { name: 'Text 2' }).click();
        await seek(page, 2);
        await page.locator('article.selected button.word').nth(1).click();
        expect(await violationsOf(page), 'watching').to.deep.equal([]);
        expect(await page.evaluate<number>(OVERFLOW)).to.equal(0);
        await page.context().close();
      });
});

/** Returns the rules that the page violates, with the elements. */
const violationsOf = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 120) + ' ' + failureSummary.slice(0, 200))))`);
