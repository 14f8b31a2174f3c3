// An SNTP server (RFC 4330) on loopback whose clock is ahead by so many seconds: node shifted-clock.mjs SECONDS
// Prints its port.

import { createSocket } from 'node:dgram';

const shift = Number(process.argv[2]);
const UNIX_TO_NTP = 2208988800;
function time() {
  const t = Date.now() / 1000 + shift + UNIX_TO_NTP;
  const out = Buffer.alloc(8);
  out.writeUInt32BE(Math.floor(t), 0);
  out.writeUInt32BE(Math.floor((t % 1) * 2 ** 32), 4);
  return out;
}

const socket = createSocket('udp4');
socket.on('message', (ask, from) => {
  if (ask.length < 48) return;
  const received = time();
  const answer = Buffer.alloc(48);
  answer[0] = 0x24; // no leap, version 4, server
  answer[1] = 2; // stratum
  ask.copy(answer, 24, 40, 48);
  received.copy(answer, 32);
  time().copy(answer, 40);
  socket.send(answer, from.port, from.address);
});
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
