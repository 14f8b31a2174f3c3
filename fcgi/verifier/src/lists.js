// Which lists there must be, list 0 of each from the box, and list files (PROTOCOL 9).
import { Fault, Missing, Reader, ascii, concat, equal, join, u64, u8 } from './bytes.js';
import { readPoint } from './group.js';

/**
 * The lists in the order of results.json: {name, contest, district?, ballots, withheld?}; `ballots` are the
 * envelopes of that contest in the order of the box. A list without ballots is there, with none.
 */
export function expectedLists(definition, ballots) {
	return definition.contests.flatMap((contest) => {
		const mine = ballots.filter(({ contests }) => contests.includes(contest)).map((ballot) =>
			({ district: ballot.district, points: ballot.envelopes[ballot.contests.indexOf(contest)].c }));
		if (mine.length > 0 && mine.length < definition.minList)
			return [{ name: contest.id, contest, ballots: mine, withheld: true }];
		if (!contest.byDistrict)
			return [{ name: contest.id, contest, ballots: mine }];
		return byDistrict(definition, contest, mine);
	});
}

function byDistrict(definition, contest, ballots) {
	const districts = contest.districts.map((id) => ({ id, n: ballots.filter((b) => b.district === id).length }));
	const joined = joinedDistricts(districts, definition.minList);
	const out = districts.filter(({ id }) => !joined.has(id)).map(({ id }) => ({
		name: `${contest.id}.${id}`, contest, district: id, ballots: ballots.filter((b) => b.district === id),
	}));
	if (joined.size > 0)
		out.push({ name: `${contest.id}.rest`, contest, ballots: ballots.filter((b) => joined.has(b.district)) });
	return out;
}

/** The districts joined into `rest`: those too small, then the smallest of the others while they are too few. */
function joinedDistricts(districts, minList) {
	const byte = (a, b) => (a < b ? -1 : 1);	// names are ASCII
	const rising = districts.filter(({ n }) => n > 0).sort((a, b) => a.n - b.n || byte(a.id, b.id));
	const joined = new Set();
	let together = 0;
	for (const { id, n } of rising) {
		if (n >= minList && (joined.size === 0 || together >= minList))
			break;
		joined.add(id);
		together += n;
	}
	return joined;
}

/** The bytes that list 0 must have. */
export function listZero(list, eid) {
	const head = concat(ascii('VML1'), eid, u8(list.name.length), ascii(list.name), u8(list.contest.width),
		u64(list.ballots.length));
	return join([head, ...list.ballots.flatMap(({ points }) => points.map((p) => p.raw))]);
}

/** magic ‖ eid ‖ u8 len ‖ name ‖ u8 w ‖ u64 N, as every file of a list begins */
export function readHead(reader, magic, eid, list) {
	reader.magic(magic, eid);
	if (reader.name() !== list.name)
		throw reader.fault(`no es de la lista «${list.name}»`, `is not of the list "${list.name}"`);
	if (reader.u8() !== list.contest.width)
		throw reader.fault('el ancho no es el de la elección', 'the width is not the contest\'s');
	if (reader.u64() !== BigInt(list.ballots.length))
		throw reader.fault(`no es de ${list.ballots.length} votos`, `is not of ${list.ballots.length} votes`);
}

/** A list file: columns[k][i] = C_{i,k} */
export function readList(bytes, eid, list, file) {
	const reader = new Reader(bytes, file);
	readHead(reader, 'VML1', eid, list);
	const columns = Array.from({ length: list.contest.width + 1 }, () => []);
	for (let i = 0; i < list.ballots.length; i++)
		for (const [k, column] of columns.entries())
			column.push(readPoint(reader.take(65), `${file}: ${i}, C_${k}`));
	reader.end();
	return columns;
}

/**
 * The folder lists/: exactly the lists that have ballots and are opened, each with its list 0 as the box
 * says and mixes 1…m, m at least the definition's. Sets list.zero and list.mixes.
 */
export async function checkLists(record, { definition, eid, lists }, note) {
	const due = lists.filter((list) => list.ballots.length > 0 && !list.withheld);
	for (const name of record.folders('lists'))
		if (!due.some((list) => list.name === name))
			note(new Fault(`lists/${name}: no debe haber tal lista`, `lists/${name}: there must be no such list`));
	for (const name of record.files('lists'))
		note(new Fault(`lists/${name}: sobra`, `lists/${name}: extra file`));
	for (const list of due)
		try {
			await checkFolder(record, list, definition, eid);
		} catch (fault) {
			note(fault);
		}
	return due;
}

async function checkFolder(record, list, definition, eid) {
	const folder = `lists/${list.name}`;
	const files = new Set(record.files(folder));
	list.zero = listZero(list, eid);
	if (!equal(await record.read(`${folder}/0.list`), list.zero))
		throw new Fault(`${folder}/0.list: no es la que da la urna`, `${folder}/0.list: is not what the box gives`);
	let mixes = 0;
	while (files.has(`${mixes + 1}.list`) && files.has(`${mixes + 1}.proof`))
		mixes++;
	const known = new Set(['0.list', 'decryption']);
	for (let j = 1; j <= mixes; j++)
		known.add(`${j}.list`).add(`${j}.proof`);
	for (const name of [...files, ...record.folders(folder)])
		if (!known.has(name))
			throw new Fault(`${folder}/${name}: sobra, o le falta su lista, su prueba o la mezcla anterior`,
				`${folder}/${name}: extra, or without its list, its proof or the mix before`);
	if (mixes < definition.mixes)
		throw new Missing(`${folder}: ${mixes} mezclas de ${definition.mixes}`, `${folder}: ${mixes} mixes of ${definition.mixes}`);
	list.mixes = mixes;
}
