// Between backend and PostgreSQL: passes everything on, and cuts the connection at the worst moment of a cast.
//
//   node proxy.mjs SOCKET-OF-OURS SOCKET-OF-POSTGRESQL EVERY
//
// Of the casts (executions of vemre.cast_ballot) each EVERYth is cut, in turn
//   answer    it reaches the server, is committed, and the answer is dropped: stored, and the backend cannot know
//   commit    all of it but the message that commits (Sync: outside a block the transaction ends there): not stored
// On SIGTERM it prints "answer N commit N", how often each was done. Knows as much of the protocol as that takes
// (PostgreSQL documentation, 55.7: type byte, length, body; the first message of a client has no type).
import { createConnection, createServer } from 'node:net';

const [ours, theirs, every] = process.argv.slice(2);
const done = { answer: 0, commit: 0 };
let casts = 0;

/** Calls message(type, body) for each whole message; what is left stays for the next bytes. */
function reader(startup, message) {
  let rest = Buffer.alloc(0);
  let first = startup;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = first ? 0 : 1;
      if (rest.length < head + 4) return;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      message(first ? '' : String.fromCharCode(rest[0]), rest.subarray(0, end));
      rest = rest.subarray(end);
      first = false;
    }
  };
}
const zero = (body, from) => { const to = body.indexOf(0, from); return [body.toString('latin1', from, to), to + 1]; };

createServer((client) => {
  const server = createConnection(theirs);
  const ours = new Set(); // names of the statements that cast
  let cut = null;
  const end = () => { client.destroy(); server.destroy(); };
  for (const one of [client, server]) one.on('error', end).on('close', end);
  client.on('data', reader(true, (type, body) => {
    if (type === 'P') {
      const [name, at] = zero(body, 5);
      if (zero(body, at)[0].includes('vemre.cast_ballot')) ours.add(name);
    } else if (type === 'B') {
      const [, at] = zero(body, 5);
      if (ours.has(zero(body, at)[0]) && ++casts % Number(every) === 0) cut = done.answer > done.commit ? 'commit' : 'answer';
      if (cut) done[cut]++;
    } else if (type === 'S' && cut === 'commit') {
      // Let the server execute it first (Flush): the row is there, uncommitted, when the line goes dead.
      server.write(Buffer.from([0x48, 0, 0, 0, 4]));
      return;
    }
    server.write(body);
  }));
  server.on('data', reader(false, (type, body) => {
    if (cut === null) client.write(body);
    else if (type === 'Z' || (cut === 'commit' && type === 'C')) end();
  }));
}).listen(ours);
process.on('SIGTERM', () => { console.log(`answer ${done.answer} commit ${done.commit}`); process.exit(0); });
