// Every test that doc/threats.md names exists, and every row that says that something is stopped names one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const files = new Map();
(function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') walk(path);
    else if (entry.isFile()) files.set(entry.name === 'run' ? `${basename(folder)}/run` : entry.name, path);
  }
})(join(root, 'test'));

/** Does the file have a test of this name? For C the function, or the case that a macro makes of it. */
function has(file, name) {
  const path = files.get(file);
  if (!path) return false;
  if (name === undefined) return true;
  const text = readFileSync(path, 'utf8');
  if (file.endsWith('/run')) return text.includes(`"${name}"`);
  if (file.endsWith('.bats')) return text.split('\n').some((l) => l.startsWith(`@test "${name}" {`));
  return new RegExp(`\\b(cmocka_unit_test\\w*\\(|CASE\\()${name}\\b`).test(text);
}

const lines = readFileSync(join(root, 'doc/threats.md'), 'utf8').split('\n');
const rows = lines.filter((l) => l.startsWith('| ') && !l.startsWith('| ---') && !l.startsWith('| attacker'));

test('every test that the table names exists', () => {
  const missing = [];
  let n = 0;
  for (const row of rows)
    for (const [, file, name] of row.split('|')[4].matchAll(/`([^`:]+)(?:: ([^`]+))?`/g)) {
      n += 1;
      if (!has(file, name)) missing.push(`${file}: ${name}`);
    }
  assert.deepEqual(missing, []);
  assert.ok(n > 60, `${n} tests named`);
});

test('every row has five cells; only what nothing stops names no test, and says that it is open', () => {
  assert.ok(rows.length > 25);
  for (const row of rows) {
    const cells = row.split('|').slice(1, -1).map((c) => c.trim());
    assert.equal(cells.length, 5, row);
    if (cells[3] === '') assert.ok(cells[2].startsWith('nothing') && cells[4] !== '', row);
  }
});

test('a test that is not there is not taken for one that is', () => {
  assert.ok(!has('attacks.bats', 'requests from another'));
  assert.ok(!has('attacks.bats', 'no such test'));
  assert.ok(!has('packages/run', 'no such test'));
  assert.ok(!has('test_confine.c', 'reads_only'));
  assert.ok(!has('nothing.bats', undefined));
});
