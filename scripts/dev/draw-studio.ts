import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

// Takes the pictures of docs/studio.md and of the README from a studio that runs, or those of docs/browser.md from an exported page that a
// web server offers: node dist/scripts/dev/draw-studio.js URL [studio|export] [CHROMIUM]
const [url, of = 'studio', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
if (url === undefined) {
  console.error('usage: node dist/scripts/dev/draw-studio.js URL [studio|export] [CHROMIUM]');
  process.exit(2);
}

const OUTPUT = 'docs/studio';
/** Quality of WebP, from 0 to 100. */
const QUALITY = 72;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };
/** The recording: its size, the share of the steps that each frame shows, and the seconds of a frame and of the last one. */
const FILM = { width: 1240, height: 700, frames: 24, seconds: 0.25, rest: 3.5 };

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

async function open(viewport: { width: number; height: number }, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ viewport, ...options })).newPage();
  await page.goto(url!);
  await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor({ timeout: 60_000 });
  return page;
}

async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('the finished texts').waitFor({ timeout: 120_000 });
}

/** Returns the number of the last position of the slider. */
const lastOf = async (page: Page): Promise<number> =>
  Number(await page.getByLabel('Reverse step', { exact: true }).getAttribute('max'));

/** Shows a step, as a share of all of them. */
async function seek(page: Page, share: number): Promise<void> {
  await page.getByLabel('Reverse step', { exact: true }).fill(String(Math.round(share * (await lastOf(page)))));
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Returns a picture of the window or of a part of it as WebP, a format that Playwright itself does not write. */
async function picture(page: Page, part?: Box): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const clip = part && { clip: { ...part, scale: 1 } };
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY, ...clip });
  await session.detach();
  return Buffer.from(data, 'base64');
}

async function save(name: string, content: Buffer | string): Promise<void> {
  const path = join(OUTPUT, name);
  await writeFile(path, content);
  console.log(`${path}: ${Math.ceil(content.length / 1024)} KB`);
}

/** The word of the second text that the pictures look at: one that is still open at a third of the steps. */
const LOOKED_AT = 5;

/** Opens the second text at a step and looks at a word of it. */
async function look(page: Page, share: number): Promise<void> {
  await page.getByRole('button', { name: 'Text 2' }).click();
  await seek(page, share);
  await page.locator('article.selected button.word').nth(LOOKED_AT).click();
}

async function still(
  name: string,
  viewport: { width: number; height: number },
  options: BrowserContextOptions,
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await open(viewport, options);
  await prepare(page);
  await page.evaluate('document.activeElement?.blur()');
  await save(name, await picture(page));
  await page.context().close();
}

/** Grows a branch of the second text in which a word is its second choice. */
async function branch(page: Page): Promise<void> {
  await run(page);
  await look(page, 0.3);
  await page.locator('.inspector tbody button').nth(1).click();
  await page.getByRole('button', { name: /^Branch from step/ }).click();
  await page.locator('.branch .verdicts').waitFor({ timeout: 120_000 });
  await page.evaluate("document.querySelector('article.selected').scrollIntoView()");
}

/**
 * Returns an animated SVG: a picture of the window, and over a part of it frames, each shown in its turn. The last one rests, and is all
 * that readers see who prefer reduced motion.
 */
function film(whole: Buffer, part: Box, frames: readonly Buffer[]): string {
  const { width, height, seconds, rest } = FILM;
  const total = seconds * (frames.length - 1) + rest;
  const percent = (time: number) => `${((100 * time) / total).toFixed(3)}%`;
  // Each value holds until the next keyframe.
  const rules = frames.map((_, i) => {
    const start = i === 0 ? '' : '0%{visibility:hidden}';
    const end = i === frames.length - 1 ? '' : `${percent((i + 1) * seconds)}{visibility:hidden}`;
    return `@keyframes f${i}{${start}${percent(i * seconds)}{visibility:visible}${end}}#f${i}{animation:f${i} ${total}s step-end infinite}`;
  });
  const image = (content: Buffer, { x, y, ...size }: Box, id: string) =>
    `<image id="${id}" x="${x}" y="${y}" width="${size.width}" height="${size.height}" href="data:image/webp;base64,${content.toString('base64')}"/>`;
  const images = [image(whole, { x: 0, y: 0, width, height }, 'whole'), ...frames.map((frame, i) => image(frame, part, `f${i}`))];
  const last = `#f${frames.length - 1}`;
  const still = `@media(prefers-reduced-motion:reduce){image{animation:none!important;visibility:hidden}#whole,${last}{visibility:visible}}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"><style>${rules.join('')}${still}</style>${images.join('')}</svg>\n`;
}

async function record(): Promise<void> {
  const page = await open(FILM);
  await run(page);
  const part = (await page.locator('.watch').boundingBox())!;
  await page.evaluate('document.activeElement?.blur()');
  const whole = await picture(page);
  const frames: Buffer[] = [];
  for (let i = 0; i < FILM.frames; i++) {
    await seek(page, i / (FILM.frames - 1));
    await page.evaluate('document.activeElement?.blur()');
    frames.push(await picture(page, part));
  }
  await page.context().close();
  await save('studio.svg', film(whole, part, frames));
}

await mkdir(OUTPUT, { recursive: true });
const watching = async (page: Page): Promise<void> => {
  await run(page);
  await look(page, 0.3);
};
if (of === 'export') {
  await still('export-desktop.webp', DESKTOP, { colorScheme: 'light' }, watching);
  await still('export-phone.webp', PHONE, { colorScheme: 'dark' }, watching);
} else {
  await still('desktop-light.webp', DESKTOP, { colorScheme: 'light' }, watching);
  await still('branch-dark.webp', DESKTOP, { colorScheme: 'dark' }, branch);
  await still('phone-light.webp', PHONE, { colorScheme: 'light' }, async () => undefined);
  await still('phone-dark.webp', PHONE, { colorScheme: 'dark' }, watching);
  await record();
}
await browser.close();
