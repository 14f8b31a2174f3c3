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
	put([1], frame([0], Buffer.from(point, "hex")),
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

const hash = (algorithm, data) => createHash(algorithm).update(data).digest("hex");
const papers = (name) => readFileSync(`test/fuzz/papers/${name}`);
const u32 = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
const time = "2030-01-01T08:00:00Z", point = vectors("record/keys.json").committee_key[0];

/* A journal of these events. */
function journal(...events) {
	let previous = hash("sha256", ""), text = "";

	for (const [event, detail] of events) {
		const line = JSON.stringify({ time, program: "monitor", event, who: null, detail, previous });
		previous = hash("sha256", line);
		text += `${line}\n`;
	}
	return text;
}

function answers() {
	const head = JSON.stringify({ format: "VEMRE-V1", eid: "11".repeat(32), time, lines: 7, last: "22".repeat(32), signature: "30".repeat(70) });
	const seconds = "vemre_backend_request_duration_seconds_bucket", sample = { watcher: "w", component: "site", light: "green", began: 1, ended: 2 };
	const entry = { began: 1893484800123, prober: "p", outcome: "ok", step: "leave", detail: "", milliseconds: [1, 2, 3, 4, 5, 6] };
	const kinds = { accepted: 3, refused: 1, unknown: 0 }, sntp = Buffer.alloc(48, 0x5a);

	sntp.set([0x24, 2, 6, 0xe9]);
	put("d", [13], "+525512345678", u32(5), "hello");
	put("d", [0]);
	put("e", journal(["opened", {}], ["integrity", { host: "a", pieces: 9, differences: [1], database: true }], ["fact", {}]));
	put("f", JSON.stringify({ format: "VEMRE-V1", time, total: kinds, by: { "+52": kinds }, gateways: { 1: kinds } }));
	put("h", `990.5 2 ${"3 ".repeat(9)}0.1 4 inf 9\n995 2 ${"4 ".repeat(9)}0.1 5 inf 11\n`);
	put("j", `${head}\nvemre[1]: ${head}\n`);
	put("n", sntp);
	put("p", "from=%2B525512345678&text=Su%20c%C3%B3digo%20es%20123456.\nto +525512345678 code 654321\n");
	put("s", `vemre_backend_requests_total{endpoint="cast",outcome="ok"} 5\nvemre_backend_threads 32\nprocess_start_time_seconds 1e9\n` +
		`${seconds}{le="0.1"} 4\n${seconds}{endpoint="code",le="+Inf"} 9\nvemre_backend_sms_total{outcome="refused"} 1\n`);
	put("u", `${JSON.stringify(entry)}\n`);
	put("u", JSON.stringify(sample));
}

function ceremony() {
	const keys = "{}\n", sum = hash("sha256", keys), packages = [{ name: "libc6", version: "2.36" }];
	const huellas = JSON.stringify({ format: "VEMRE-V1", election: "x", eid: "11".repeat(32), made: time, journals: [],
		files: [{ path: "record/keys.json", bytes: 3, sha256: sum, sha3_256: hash("sha3-256", keys) }] });
	const host = { format: "VEMRE-V1", host: "a", sections: ["server", "database"], checked: time, files: 9, certified_sha256: sum,
		differences: [{ path: "server/x", what: "differs" }], packages };
	const manifest = `${sum} 0755 3 server/programs/tally\n${sum} 0644 9 database/table\n`;
	const label = { format: "VEMRE-V1", election: "x", card: 1, cards: 5, threshold: 3, member: "M", commitment: point, erased: false };
	const safe = { format: "VEMRE-V1", scrypt: { n: 1024, r: 8, p: 1, salt: "11".repeat(16) }, key: "22".repeat(60), registrar: "33".repeat(60), registrar_key: point };
	const eid = JSON.parse(papers("receipt.json")).eid, pair = { old: point, new: point };
	const entry = Buffer.concat([Buffer.from([0, 118, 0, 0]), Buffer.alloc(764)]);

	put("a", huellas, "--\n", `${sum}  record/keys.json\n`, "--\n", `${hash("sha256", huellas)}  archive/huellas.json\n`);
	put("i", JSON.stringify({ format: "VEMRE-V1", box_sha256: sum, files: [{ path: "record/keys.json", bytes: 3, sha256: sum },
		{ path: "journal/a.jsonl", bytes: 1, sha256: sum }] }));
	put("k", JSON.stringify(label));
	put("l", `ABCDEFGH23,${sum},+525512345678,09,${point},v`);
	put("m", manifest, "--\n", manifest.replace("0755", "0700"));
	put("o", "VMS1", u32(1), Buffer.alloc(88, 7), entry);
	put("q", JSON.stringify({ format: "VEMRE-V1", eid, ...pair, lines: [JSON.stringify({ event: "reissued", detail: { text: `${point} ${point}` } })], number: 7, signature: "30".repeat(70) }));
	put("q", `${point},${point},${"30".repeat(70)}\n`);
	put("r", JSON.stringify(host));
	put("s", JSON.stringify(safe));
	put("t", journal(["tally-attendance", { place: "here", hsm_admin: "who" }]));
	put("v", u32(11), "tokens/a/b1", u32(4), "text", u32(8), "tokens/c", u32(0));
	put("v", u32(16), "tokens/../../out", u32(4), "text");
	put("V", "VMSP1", Buffer.alloc(64, 1));
}

({ answers, ceremony, request, settings, signer })[target]();
