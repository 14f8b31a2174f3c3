// The offline checker of opened ballots in Chromium, from a file on the disk: every opening file of
// test/tools/make-opening.mjs, with no network; at 320 and 1280 pixels, in both languages; axe on every screen.
//
//   node test/browser/checker.mjs --page comprobador.html --record FOLDER --cases FOLDER [--screens DIR]

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

const { values: options } = parseArgs({
  options: {
    page: { type: 'string' },
    record: { type: 'string' },
    cases: { type: 'string' },
    screens: { type: 'string' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});
if (options.screens) mkdirSync(options.screens, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const cases = JSON.parse(readFileSync(join(options.cases, 'cases.json'), 'utf8'));
const published = ['election.json', 'keys.json', 'opening.json', 'credentials.csv'].map((name) => join(options.record, name));
const LOOKED = ['good.json', 'another-vote.json', 'not-json.json'];
const demand = (holds, words) => {
  if (!holds) throw new Error(words);
};

const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox', '--disable-gpu'] });

// axe is put in by the debugger: the page's own policy would not let it in otherwise.
async function look(page, name, prefix) {
  if (options.screens) await page.screenshot({ path: join(options.screens, `comprobador-${prefix}-${name}.png`), fullPage: true });
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document));
  demand(found.violations.length === 0, `${name}: axe ${found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`).join('; ')}`);
  demand(!(await page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth)), `${name}: scrolls sideways`);
}

async function submit(page, one) {
  await page.setInputFiles('#opening', join(options.cases, one.file));
  await page.setInputFiles('#files', published);
  await page.fill('#tracker', one.tracker);
  await page.fill('#credential', one.credential);
  await page.evaluate(() => document.getElementById('verdict')?.remove());
  await page.click('#form button');
  await page.waitForSelector('#verdict');
}

async function round(width, lang, all) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, offline: true, locale: 'es-MX' });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (fault) => faults.push(fault.message));
  page.on('console', (message) => { if (message.type() === 'error') faults.push(message.text()); });
  page.on('request', (request) => { if (!request.url().startsWith('file:')) faults.push(request.url()); });
  await page.goto(`file://${resolve(options.page)}`);
  if (lang === 'en') await page.click('#language');
  demand((await page.getAttribute('html', 'lang')) === lang, 'language');
  const prefix = `${lang}-${width}`;
  await look(page, 'inicio', prefix);
  for (const one of cases.filter((c) => all || LOOKED.includes(c.file))) {
    await submit(page, one);
    const verdict = await page.getAttribute('#verdict', 'class');
    demand(verdict === (one.fails ? 'bad' : 'good'), `${one.file}: verdict ${verdict}`);
    const first = await page.$eval('.tests', (list) => list.querySelector('.false')?.id.replace('test-', '') ?? null);
    demand(first === one.fails, `${one.file}: fails ${first}, expected ${one.fails}`);
    for (const word of one.words ?? []) demand((await page.textContent('#votes')).includes(word), `${one.file}: does not say ${word}`);
    if (LOOKED.includes(one.file)) await look(page, one.file.replace('.json', ''), prefix);
  }
  await page.fill('#tracker', '');
  await submit(page, { ...cases.find((c) => !c.fails), tracker: '' });
  demand((await page.getAttribute('#verdict', 'class')) === 'notice', 'an uncompared tracker passes');
  await look(page, 'compare', prefix);
  await page.click('#language'); // the result stays, in the other language
  demand((await page.$('#verdict')) !== null, 'the language forgot the result');
  demand(faults.length === 0, faults.join('\n'));
  await context.close();
}

try {
  await round(320, 'es', true);
  await round(1280, 'en', false);
  await round(320, 'en', false);
  await round(1280, 'es', false);
  console.log('checker: ok');
} catch (fault) {
  console.error(`checker: ${fault.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
