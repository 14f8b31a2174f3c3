// The definition of the election (DESIGN 6): who may vote what, where; how wide an envelope is.
import { isName } from './bytes.js';
import { Fields, instant, parseJson } from './json.js';

const FILE = 'election.json';
const LARGEST = Number.MAX_SAFE_INTEGER;

function repeated(names) {
	const seen = new Set();
	return names.find((name) => seen.size === seen.add(name).size);
}

function refuseRepeated(fields, name, ids) {
	const twice = repeated(ids);
	if (twice !== undefined)
		throw fields.fault(name, `«${twice}» está dos veces`, `"${twice}" is there twice`);
}

function idOf(fields, name = 'id') {
	return fields.get(name, isName, 'no es un nombre de [a-z0-9-], de 1 a 40', 'is not a name of [a-z0-9-], 1 to 40');
}

function each(fields, name, read) {
	return fields.array(name).map((value, i) => {
		const inner = new Fields(value, FILE, `${fields.place === '' ? '' : `${fields.place}.`}${name}[${i}]`);
		const out = read(inner);
		inner.end();
		return out;
	});
}

function known(fields, name, ids) {
	const values = fields.array(name);
	for (const value of values)
		if (!ids.includes(value))
			throw fields.fault(name, `«${value}» no existe`, `"${value}" does not exist`);
	refuseRepeated(fields, name, values);
	return values;
}

function time(fields, name) {
	return instant(fields.get(name, (v) => instant(v) !== null, 'no es fecha y hora (RFC 3339)',
		'is no date and time (RFC 3339)'));
}

function district(fields) {
	const id = idOf(fields);
	if (id === 'rest')
		throw fields.fault('id', 'ninguna entidad puede llamarse «rest»', 'no district may be called "rest"');
	fields.text('name');
	return id;
}

function party(fields) {
	const id = idOf(fields);
	fields.text('short');
	fields.text('name');
	fields.get('colour', (v) => /^#[0-9A-Fa-f]{6}$/.test(v), 'no es un color', 'is not a colour');
	if (fields.has('emblem')) {
		const emblem = new Fields(fields.map.get('emblem'), FILE, `${fields.place}.emblem`);
		emblem.text('file');
		emblem.get('sha256', (v) => /^[0-9a-f]{64}$/.test(v), 'no es SHA-256 en hexadecimal', 'is not SHA-256 in hex');
		emblem.end();
	}
	return id;
}

function candidate(fields) {
	fields.text('name');
	return idOf(fields);
}

function option(fields, parties, candidates) {
	const out = { id: idOf(fields), kind: fields.one('kind', ['party', 'common', 'independent']) };
	const ids = known(fields, 'parties', parties);
	const right = { party: ids.length === 1, common: ids.length >= 2, independent: ids.length === 0 };
	if (!right[out.kind])
		throw fields.fault('parties', `no va con «${out.kind}»`, `does not go with "${out.kind}"`);
	if (out.kind === 'common') {
		const shares = fields.array('shares');
		if (shares.length !== ids.length || shares.some((v) => typeof v !== 'bigint' || v < 0n) ||
				shares.reduce((a, b) => a + b, 0n) !== 100n)
			throw fields.fault('shares', 'no suman 100, uno por partido', 'do not add up to 100, one per party');
	}
	out.candidate = fields.one('candidate', candidates);
	return out;
}

function coalition(fields, options) {
	const id = idOf(fields);
	fields.text('name');
	const ids = known(fields, 'options', options.map((o) => o.id));
	const members = ids.map((name) => options.findIndex((o) => o.id === name)).sort((a, b) => a - b);
	if (members.length < 2 || members.some((i) => options[i].candidate !== options[members[0]].candidate))
		throw fields.fault('options', 'una coalición es de dos o más con la misma candidatura',
			'a coalition is two or more with the same candidate');
	return { id, members };
}

function contest(fields, districts, parties) {
	const out = { id: idOf(fields) };
	fields.text('office');
	fields.one('level', ['federal', 'local']);
	const where = fields.array('districts');
	// In the definition's order of districts, whatever the contest's own.
	const ids = where.length === 1 && where[0] === '*' ? districts : known(fields, 'districts', districts);
	out.districts = districts.filter((id) => ids.includes(id));
	if (out.districts.length === 0)
		throw fields.fault('districts', 'ninguna', 'none');
	out.byDistrict = fields.one('count_by', ['contest', 'district']) === 'district';
	out.writeInBytes = fields.integer('write_in_bytes', 0, 64);
	out.width = Math.ceil((56 + out.writeInBytes) / 30);	// at most 4 with 64 bytes
	out.candidates = each(fields, 'candidates', candidate);
	refuseRepeated(fields, 'candidates', out.candidates);
	out.options = each(fields, 'options', (f) => option(f, parties, out.candidates));
	refuseRepeated(fields, 'options', out.options.map((o) => o.id));
	if (out.options.length < 1 || out.options.length > 63)
		throw fields.fault('options', 'no son de 1 a 63', 'are not 1 to 63');
	out.coalitions = each(fields, 'coalitions', (f) => coalition(f, out.options));
	refuseRepeated(fields, 'coalitions', out.coalitions.map((c) => c.id));
	const twice = repeated(out.coalitions.flatMap((c) => c.members));
	if (twice !== undefined)
		throw fields.fault('coalitions', `«${out.options[twice].id}» está en dos`, `"${out.options[twice].id}" is in two`);
	return out;
}

export function readDefinition(bytes) {
	const fields = new Fields(parseJson(bytes, FILE), FILE);
	fields.one('format', ['VEMRE-V1']);
	const out = { id: idOf(fields), title: fields.text('title') };
	fields.text('timezone');
	const opens = time(fields, 'opens');
	out.closes = time(fields, 'closes');
	if (out.closes <= opens)
		throw fields.fault('closes', 'cierra antes de abrir', 'closes before it opens');
	if (time(fields, 'tally_not_before') < out.closes)
		throw fields.fault('tally_not_before', 'es antes del cierre', 'is before the close');
	out.maxVoters = fields.integer('max_voters', 1, LARGEST);
	fields.get('national_territory', (v) => /^[A-Z]{2}$/.test(v), 'no es un país', 'is not a country');
	fields.integer('session_minutes', 1, LARGEST);
	out.mixes = fields.integer('mixes', 1, LARGEST);
	out.minList = fields.integer('min_list', 2, LARGEST);
	fields.one('after_tally', ['erase', 'keep']);
	fields.text('site');
	fields.text('help_phone');
	out.simulation = fields.has('simulation') && fields.boolean('simulation');
	out.districts = each(fields, 'districts', district);
	refuseRepeated(fields, 'districts', out.districts);
	const parties = each(fields, 'parties', party);
	refuseRepeated(fields, 'parties', parties);
	out.contests = each(fields, 'contests', (f) => contest(f, out.districts, parties));
	refuseRepeated(fields, 'contests', out.contests.map((c) => c.id));
	if (out.contests.length === 0 || out.contests.length > 255)
		throw fields.fault('contests', 'no son de 1 a 255', 'are not 1 to 255');
	fields.end();
	return out;
}
