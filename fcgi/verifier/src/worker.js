// Checks a record in a thread of its own, so that the page stays alive. Gets {files: [[path, File]], until};
// sends {check} as each is done, then {report}, or {broken} where this machine failed.
import { Missing, hex } from './bytes.js';
import { checkRecord } from './check.js';
import { parseJson } from './json.js';
import { codesOf, tables } from './view.js';

/** The record among the files that were given: all under one folder, whose path ends in '/' or is ''. */
function filesRecord(files) {
	const below = (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`))
		.map((path) => path.slice(folder.length + 1));
	return {
		has: (path) => files.has(path),
		files: (folder) => below(folder).filter((path) => !path.includes('/')).sort(),
		folders: (folder) => [...new Set(below(folder).filter((path) => path.includes('/')).map((path) => path.split('/')[0]))].sort(),
		async read(path) {
			if (!files.has(path))
				throw new Missing(`${path}: no está`, `${path}: is not there`);
			return new Uint8Array(await files.get(path).arrayBuffer());
		},
	};
}

const sayable = (check) => ({ ...check, faults: check.faults.map(({ es, en }) => ({ es, en })) });

async function check({ files, until }) {
	const record = filesRecord(new Map(files));
	const report = await checkRecord(record, until, async (done) => postMessage({ check: sayable(done) }));
	const held = report.checks.some(({ id, status }) => id === 'definition' && status === 'holds');
	const definition = held ? parseJson(await record.read('election.json'), 'election.json') : null;
	postMessage({ report: {
		until: report.until,
		eid: report.eid && hex(report.eid),
		exit: report.exit,
		malformed: report.malformed,
		checks: report.checks.map(sayable),
		title: definition?.get('title') ?? null,
		simulation: definition?.get('simulation') ?? false,
		tables: report.results && tables(definition, report.results),
		codes: report.state.ballots ? codesOf(report.state) : null,
	} });
}

self.onmessage = ({ data }) => check(data).catch((error) => postMessage({ broken: String(error?.stack ?? error) }));
