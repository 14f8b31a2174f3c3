// node test/tools/compare-results.mjs ELECTION RESULTS EXPECTED…
// Whether results.json counts exactly what was cast: the sum of what make-box.mjs, voters.mjs and
// browser/vote.mjs say they cast (their --expected files).

import { readFileSync } from 'node:fs';

import { differences, sum } from './expected.mjs';

const [definition, results, ...parts] = process.argv.slice(2).map((f) => JSON.parse(readFileSync(f, 'utf8')));
if (parts.length === 0) {
  console.error('usage: compare-results.mjs ELECTION RESULTS EXPECTED…');
  process.exit(2);
}
const contests = {};
for (const [contest, districts] of Object.entries(parts[0].contests)) {
  const ids = Object.keys(districts);
  contests[contest] = Object.fromEntries(ids.map((d) => [d, sum(parts.map((p) => p.contests[contest][d]))]));
}
const lines = differences(definition, { contests }, results);
for (const line of lines) console.log(line);
console.log(lines.length === 0 ? `${results.lists.length} lists agree with what was cast` : `${lines.length} differences`);
process.exitCode = lines.length === 0 ? 0 : 1;
