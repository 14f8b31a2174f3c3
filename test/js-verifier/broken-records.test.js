// The records that break-record makes, good and broken: the second verifier must find what the first should. One of
// each kind and every fourth; all of them with VEMRE_ALL.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkRecord } from '../../fcgi/verifier/src/check.js';
import { folderRecord } from '../../fcgi/verifier/src/folder.js';
import { SOURCE, VECTORS } from './kit.js';

const TOOL = process.env.VEMRE_BREAK ?? join(SOURCE, 'build/tools/break-record');
// A changed box breaks its form, its order, its seal and a ballot at once: which of them is named first is no verdict.
const BOX = ['box', 'seal', 'ballots'];

test('every record of break-record', { skip: existsSync(TOOL) ? false : `${TOOL} is not built` }, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'vemre-broken-'));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const records = ['record', 'record-odd', 'record-small'].map((name) => join(VECTORS, name));
	const made = spawnSync(TOOL, [folder, ...records], { encoding: 'utf8', cwd: SOURCE, maxBuffer: 2 ** 26 });
	assert.equal(made.status, 0, made.stderr);
	const paths = made.stdout.trim().split('\n');
	assert.ok(paths.length > 60);
	const seen = new Set();
	for (const [i, path] of paths.entries()) {
		const expected = readFileSync(`${path}.expect`, 'utf8').trim();
		if (!process.env.VEMRE_ALL && seen.has(expected) && i % 4 !== 0) continue;
		seen.add(expected);
		const [check, status] = expected.split(' ');
		const report = await checkRecord(folderRecord(path));
		const failing = report.checks.find((c) => !['holds', 'skipped'].includes(c.status));
		if (status === '!0')
			assert.notEqual(report.exit, 0, path);
		else
			assert.equal(report.exit, Number(status), path);
		if (check !== 'any' && !(BOX.includes(check) && BOX.includes(failing?.id)))
			assert.equal(failing?.id ?? '-', check, path);
	}
});
