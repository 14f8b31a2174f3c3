// make-page.mjs FILE: index.html with its style and scripts put into it, so that it is one file, and a policy that
// lets exactly those run and nothing connect. The worker's script goes in as text: a page opened from a disk may
// make a worker from that, but not load one.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';

function bundle(entry) {
	const { outputFiles: [file] } = buildSync({
		entryPoints: [entry], bundle: true, minify: true, format: 'iife', charset: 'utf8', write: false,
		target: ['es2022', 'chrome94', 'firefox93', 'safari15.4'], legalComments: 'eof', logLevel: 'warning',
	});
	return file.text.trim();
}

const parts = {
	'style.css': readFileSync('style.css', 'utf8'),
	'worker.js': bundle('src/worker.js'),
	'page.js': bundle('src/page.js'),
};
for (const [name, text] of Object.entries(parts))
	if (/<\/(script|style)|<!--/i.test(text))
		throw new Error(`${name} would end its element`);
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
parts.SCRIPT = hash(parts['page.js']);
parts.STYLE = hash(parts['style.css']);
const page = readFileSync('index.html', 'utf8').replace(/\{\{([\w.]+)\}\}/g, (_, name) => parts[name]);
writeFileSync(process.argv[2], page);
