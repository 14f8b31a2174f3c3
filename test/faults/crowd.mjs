// A crowd that holds connections open and does not vote, on loopback, from an address of its own (127.0.0.66 and on).
//
//   node crowd.mjs PORT KIND N
//
//   idle      connects and says nothing
//   headers   TLS, and a request's headers at a byte a second, never ended (slowloris)
//   body      TLS, whole headers of a cast, and its body at a byte a second
//
// Whatever the server closes is opened again. "open N" when as many are open as there can be; on SIGTERM "at once N" (the most
// that were established at once) and "closed N" (by the server), then it ends.
import { connect as plain } from 'node:net';
import { connect as tls } from 'node:tls';

const [port, kind, n] = process.argv.slice(2);
const open = new Set();
let most = 0;
let closed = 0;
let tried = 0;
let stopped = false;

function one(i) {
  if (stopped) return;
  // 20,000 ports an address would do; several spare the kernel a long search
  const where = { host: '127.0.0.1', port: Number(port), localAddress: `127.0.0.${66 + i % 4}` };
  const socket = kind === 'idle' ? plain(where) : tls({ ...where, rejectUnauthorized: false, servername: 'localhost' });
  let timer = null;
  socket.on(kind === 'idle' ? 'connect' : 'secureConnect', () => {
    open.add(socket);
    most = Math.max(most, open.size);
    if (kind === 'idle') return;
    socket.write(kind === 'headers' ? 'GET /api/status HTTP/1.1\r\nHost: localhost\r\nX-Slow: '
      : 'POST /api/cast HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 5000\r\n\r\n');
    timer = setInterval(() => socket.write('a'), 1000);
  });
  socket.resume();
  socket.on('error', () => {}).on('close', () => {
    clearInterval(timer);
    if (open.delete(socket)) closed++;
    setTimeout(() => one(i), 100);
  });
}
// A few at a time, so that the voters are hindered by what is open and not by the opening.
const opening = setInterval(() => {
  for (let i = 0; i < 100 && tried < Number(n); i++) one(tried++);
  if (tried >= Number(n)) {
    clearInterval(opening);
    setTimeout(() => console.log(`open ${open.size}`), 500);
  }
}, 25);
process.on('SIGTERM', () => { stopped = true; console.log(`at once ${most} closed ${closed}`); process.exit(0); });
