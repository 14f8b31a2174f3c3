// Who may vote: credentials.csv and reissues.csv (PROTOCOL 4).
import { Fault, ascii, concat, lines, unhex } from './bytes.js';
import { readPoint } from './group.js';
import { V } from './hash.js';
import { isSigned } from './signature.js';

function at(file, i, es, en) {
	return new Fault(`${file}: línea ${i + 1}: ${es}`, `${file}: line ${i + 1}: ${en}`);
}

function refuseDisorder(file, all, i) {
	if (i > 0 && all[i - 1] >= all[i])	// ASCII: as bytes
		throw at(file, i, 'no sigue en orden a la anterior', 'is not in order after the one before');
}

/** credential in hex → {district, kind, point} */
export function readCredentials(bytes, definition) {
	const file = 'credentials.csv';
	const out = new Map();
	let voters = 0;
	lines(bytes, file).forEach((line, i, all) => {
		const found = /^([a-z0-9-]{1,40}),([0-9a-f]{130}),([vs])$/.exec(line);
		if (found === null)
			throw at(file, i, 'no es entidad,credencial,tipo', 'is not district,credential,kind');
		const [, district, credential, kind] = found;
		refuseDisorder(file, all, i);
		if (!definition.districts.includes(district))
			throw at(file, i, `la entidad «${district}» no existe`, `there is no district "${district}"`);
		if (out.has(credential))
			throw at(file, i, 'la credencial está dos veces', 'the credential is there twice');
		const point = readPoint(unhex(credential), `${file}: ${i + 1}`);
		out.set(credential, { district, kind, point });
		if (kind === 'v')
			voters++;
	});
	if (voters > definition.maxVoters)
		throw new Fault(`${file}: ${voters} votantes, más que max_voters`, `${file}: ${voters} voters, more than max_voters`);
	return out;
}

/** The set of credentials (hex) that may vote: every v and every spare given, but those replaced. */
export function readReissues(bytes, { credentials, opening, eid }) {
	const file = 'reissues.csv';
	const replaced = new Map();	// old → new
	const given = new Map();	// new → old
	lines(bytes, file).forEach((line, i, all) => {
		const found = /^([0-9a-f]{130}),([0-9a-f]{130}),([0-9a-f]+)$/.exec(line);
		if (found === null)
			throw at(file, i, 'no es vieja,nueva,firma', 'is not old,new,signature');
		const [, old, fresh, signature] = found;
		refuseDisorder(file, all, i);
		const before = credentials.get(old);
		const after = credentials.get(fresh);
		if (before === undefined || after === undefined)
			throw at(file, i, 'una credencial no está en credentials.csv', 'a credential is not in credentials.csv');
		if (after.kind !== 's' || after.district !== before.district)
			throw at(file, i, 'la nueva no es reserva de la misma entidad', 'the new one is no spare of the same district');
		if (replaced.has(old) || given.has(fresh))
			throw at(file, i, 'una credencial está repetida', 'a credential is there twice');
		const message = concat(ascii(`${V}reissue`), eid, unhex(old), unhex(fresh));
		if (!isSigned(message, unhex(signature), opening.registrar))
			throw at(file, i, 'la firma no es del registro', 'is not signed by the registrar');
		replaced.set(old, fresh);
		given.set(fresh, old);
	});
	refuseRings(file, credentials, replaced, given);
	const out = new Set();
	for (const [credential, { kind }] of credentials)
		if ((kind === 'v' || given.has(credential)) && !replaced.has(credential))
			out.add(credential);
	return out;
}

/** Every line must be reached from a v: what is not is a ring, or begins at a spare that nobody was given. */
function refuseRings(file, credentials, replaced, given) {
	let reached = 0;
	for (const start of replaced.keys()) {
		if (credentials.get(start).kind !== 'v' || given.has(start))
			continue;
		for (let old = start; replaced.has(old); old = replaced.get(old))
			reached++;
	}
	if (reached !== replaced.size)
		throw new Fault(`${file}: una cadena de reposiciones no empieza en una credencial de votante`,
			`${file}: a chain of reissues does not begin at a voter's credential`);
}
