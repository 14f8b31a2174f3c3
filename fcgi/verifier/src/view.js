// What a page shows beside the checks: the count with the names of the definition, and codes to look up.
import { hex } from './bytes.js';
import { sha256 } from './hash.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The first 100 bits of a hash as people read them (PROTOCOL 8): four groups of five. */
export function code(hash) {
	const bits = BigInt(`0x${hex(hash)}`) >> 156n;
	let out = '';
	for (let i = 19; i >= 0; i--)
		out += CROCKFORD[Number(bits >> BigInt(5 * i) & 31n)] + (i % 5 === 0 && i > 0 ? '-' : '');
	return out;
}

/** As typed: dashes and spaces dropped, upper-cased, I and L read as 1, O as 0; null where it is no code. */
export function typedCode(text) {
	const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
	return /^[0-9A-HJKMNP-TV-Z]{20}$/.test(plain) ? plain.replace(/.{5}(?=.)/g, '$&-') : null;
}

/** code → what it is: a ballot in the box, or a credential and whether it has voted */
export function codesOf({ box, ballots, credentials }) {
	const out = new Map();
	const voted = new Set((ballots ?? []).map((ballot) => hex(ballot.credential.raw)));
	for (const credential of credentials?.keys() ?? [])
		out.set(code(sha256(Uint8Array.from(credential.match(/../g), (pair) => parseInt(pair, 16)))),
			voted.has(credential) ? 'voted' : 'abstained');
	for (const { tracker } of box ?? [])
		out.set(code(tracker), 'ballot');
	return out;
}

function named(items, id) {
	return items.find((item) => item.get('id') === id)?.get('name') ?? id;
}

/** [{office, district, level, withheld, total, rows: [[name or null, id or what, votes]]}] in the order of results.json */
export function tables(definition, results) {
	return results.get('lists').map((list) => {
		const contest = definition.get('contests').find((c) => c.get('id') === list.get('contest'));
		const district = list.get('district');
		const out = {
			list: list.get('list'),
			office: contest.get('office'),
			district: district === undefined ? null : named(definition.get('districts'), district),
			rest: list.get('list').endsWith('.rest'),
			total: list.get('total'),
			withheld: list.has('withheld'),
			rows: [],
		};
		if (!out.withheld) {
			for (const [id, votes] of list.get('candidates'))
				out.rows.push({ name: named(contest.get('candidates'), id), votes });
			for (const what of ['unregistered', 'null', 'malformed'])
				out.rows.push({ what, votes: list.get(what) });
		}
		return out;
	});
}
