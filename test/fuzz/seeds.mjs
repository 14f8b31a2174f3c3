/* node test/fuzz/seeds.mjs TARGET FOLDER: the seeds that are more than a copy of a file. Run by test/fuzz/run. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [target, folder] = process.argv.slice(2);
let n = 0;
const put = (...parts) => writeFileSync(`${folder}/s${n++}`, Buffer.concat(parts.map((p) => Buffer.from(p))));
const vectors = (name) => JSON.parse(readFileSync(`test/vectors/${name}`));

function request() {
	const token = "5e".repeat(32), csrf = createHash("sha256").update(`VEMRE-V1:csrf:${token}`).digest("hex");
	const ask = (method, uri, type, body = "", more = "") =>
		put(`REQUEST_METHOD=${method}\nREQUEST_URI=${uri}\nCONTENT_TYPE=${type}\nCONTENT_LENGTH=${body.length}\n` +
			`REMOTE_ADDR=198.51.100.7\nHTTP_COOKIE=a=b; __Host-vemre=${token}\nHTTP_X_VEMRE_CSRF=${csrf}\n${more}\n`, body);
	const json = "application/json", ballot = Buffer.from(vectors("ballots.json").ballots[0].ballot, "hex");

	for (const uri of ["/api/status", "/api/session", `/api/box/${"ab".repeat(32)}`, "/api/box/ABCD-EFGH-JKMN-PQRS-TVWX", "/x?y"])
		ask("GET", uri, "");
	ask("POST", "/api/login", json, JSON.stringify({ username: "abcdefgh23", auth: "0f".repeat(32) }), "NETWORK=2001:db8::/32\n");
	for (const uri of ["/api/code", "/api/totp/confirm"])
		ask("POST", uri, `${json}; charset=utf-8`, '{"code":"012345"}', "NETWORK=198.51.100.0/24\n");
	for (const uri of ["/api/code/resend", "/api/totp", "/api/logout"])
		ask("POST", uri, json, "{}", "NETWORK=::1\n");
	ask("POST", "/api/cast", "application/octet-stream", ballot);
}

function signer() {
	const bytes = (len, value) => Buffer.alloc(len, value);
	const u32 = (v) => { const b = bytes(4); b.writeUInt32BE(v); return b; };
	const frame = (...parts) => { const b = Buffer.concat(parts.map((p) => Buffer.from(p))); return Buffer.concat([u32(b.length), b]); };
	const pieces = (client, b, at) => Buffer.concat(Array.from({ length: Math.ceil(b.length / at) }, (_, i) => {
		const p = b.subarray(i * at, i * at + at);
		return Buffer.concat([Buffer.from([client | p.length]), p]);
	}));
	const asks = [frame([1]), frame([2], bytes(64, 7)), frame([3], bytes(104, 8), Buffer.from("2030-01-01T08:00:00-06:00")), frame([4], bytes(72, 9))]
		.map((b) => Buffer.from(b));

	for (const at of [5, 63])
		put([0], ...asks.map((b, i) => pieces(i % 2 * 128, b, at)), pieces(64, Buffer.concat(asks), at));
	put([1], frame([0], Buffer.from(JSON.parse(readFileSync("test/vectors/record/keys.json")).committee_key, "hex")),
		frame([0], bytes(72, 0x30)), frame([6]), frame([0], bytes(70, 0x30)));
}

/* The documented file, each of its groups with every setting set, all of them. */
function settings() {
	const text = readFileSync("doc/vemre.conf", "utf8"), all = text.replace(/^\t# ([a-z_]+ = )/gm, "\t$1").replace(/#.*/g, "");

	put(text);
	put(all);
	for (const [group] of all.matchAll(/^\w+ = \{[^]*?^\};/gm))
		put(group.replace(/\s+/g, " "));
}

({ request, settings, signer })[target]();
