// The verifier's page in Chromium, opened from a disk: chosen and dropped folders, what it says, axe, no connection.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { SOURCE, VECTORS } from './kit.js';

const CHROMIUM = '/usr/bin/chromium';
const MODULES = join(SOURCE, 'test/node_modules');
const missing = [CHROMIUM, join(MODULES, 'playwright-core')].find((path) => !existsSync(path));
const options = { skip: missing === undefined ? false : `${missing} is not there` };
const folder = mkdtempSync(join(tmpdir(), 'vemre-page-'));
let browser;

before(async () => {
	if (missing !== undefined)
		return;
	const built = spawnSync(join(SOURCE, 'fcgi/verifier/build'), [folder], { encoding: 'utf8' });
	assert.equal(built.status, 0, built.stderr);
	const { chromium } = await import(pathToFileURL(join(MODULES, 'playwright-core/index.mjs')));
	browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});

after(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true, force: true });
});

async function open(width = 1280) {
	const page = await browser.newPage({ viewport: { width, height: 900 } });
	page.complaints = [];
	page.asked = [];
	page.on('console', (message) => page.complaints.push(message.text()));
	page.on('pageerror', (error) => page.complaints.push(String(error)));
	page.on('request', (request) => page.asked.push(request.url()));
	await page.goto(pathToFileURL(join(folder, 'index.html')).href);
	return page;
}

const done = (page) => page.waitForFunction(() => /good|bad|odd/.test(document.getElementById('verdict').className), null, { timeout: 120000 });

async function choose(page, path) {
	await page.$eval('#verdict', (verdict) => verdict.removeAttribute('class'));
	await page.setInputFiles('#folder', path);
	await done(page);
}

async function drop(page, path) {
	const session = await page.context().newCDPSession(page);
	for (const type of ['dragEnter', 'dragOver', 'drop'])
		await session.send('Input.dispatchDragEvent', { type, x: 300, y: 200, data: { items: [], files: [path], dragOperationsMask: 1 } });
	await done(page);
}

const states = (page) => page.$$eval('#list > li', (rows) => rows.map((row) => `${row.querySelector('code').textContent} ${row.className}`));

test('a record that holds, chosen', options, async () => {
	const page = await open();
	await choose(page, join(VECTORS, 'record'));
	assert.match(await page.textContent('#verdict'), /^El expediente se cumple en todo/);
	assert.equal((await states(page)).filter((state) => state.endsWith(' holds')).length, 14);
	assert.match(await page.textContent('#tables'), /Primera candidatura \(ejemplo\)11/);
	assert.ok(await page.isVisible('#simulation'));
	await page.click('#language');
	assert.match(await page.textContent('#verdict'), /^The record holds in everything/);
	assert.deepEqual(page.complaints, []);
	assert.deepEqual(page.asked.filter((url) => !/^(file|blob|data):/.test(url)), []);
});

test('a record dropped, inside another folder, and one that is false after it', options, async () => {
	const outer = join(folder, 'outer');
	cpSync(join(VECTORS, 'record-small'), join(outer, 'record'), { recursive: true });
	const page = await open();
	await drop(page, outer);
	assert.match(await page.textContent('#verdict'), /^El expediente se cumple en todo/);
	const results = join(outer, 'record/results.json');
	const value = JSON.parse(readFileSync(results));
	value.lists[0].null++;
	writeFileSync(results, JSON.stringify(value));
	await choose(page, join(outer, 'record'));
	assert.match(await page.textContent('#verdict'), /^El expediente NO se cumple/);
	assert.equal((await states(page)).at(-1), 'results false');
	rmSync(results);
	await choose(page, join(outer, 'record'));
	assert.match(await page.textContent('#verdict'), /^El expediente está incompleto/);
	await page.selectOption('#until', 'mixing');
	await choose(page, join(outer, 'record'));
	assert.match(await page.textContent('#verdict'), /^El expediente se cumple en todo/);
	assert.equal((await states(page)).at(-1), 'shuffles holds');
});

test('votes unproved and challenged; codes looked up; the report saved', options, async () => {
	const outer = join(folder, 'odd');
	cpSync(join(VECTORS, 'record-odd'), outer, { recursive: true });
	const page = await open();
	await choose(page, outer);
	assert.match(await page.textContent('#verdict'), /retado por Observador 1/);
	rmSync(join(outer, 'challenges.json'));
	await choose(page, outer);
	assert.match(await page.textContent('#verdict'), /SIN PROBAR/);
	for (const [typed, said] of [['abc', /veinte letras/], ['00000-00000-00000-00000', /no es de ninguna/]]) {
		await page.fill('#code', typed);
		await page.click('#search button');
		assert.match(await page.textContent('#found'), said);
	}
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
	const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
	assert.equal(saved.exit, 7);
	assert.equal(saved.checks.length, 14);
});

for (const width of [320, 1280])
	test(`axe, and no scrolling sideways, at ${width}`, options, async () => {
		const page = await open(width);
		const axe = readFileSync(join(MODULES, 'axe-core/axe.min.js'), 'utf8');
		const session = await page.context().newCDPSession(page);
		await session.send('Page.setBypassCSP', { enabled: true });
		await page.reload();
		await choose(page, join(VECTORS, 'record-odd'));
		await page.evaluate(axe);
		const { violations } = await page.evaluate(() => globalThis.axe.run());
		assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
	});
