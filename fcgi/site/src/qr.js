// A QR code as a drawing. The text is public: a receipt's address, or, on its own screen, what an authenticator app reads.

import encodeQR from 'qr';

import { svg } from './dom.js';

/** label: what it is, for who cannot see it. */
export function qr(text, label) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 3 });
  const size = rows.length;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return svg('svg', { viewBox: `0 0 ${size} ${size}`, class: 'qr', role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
    svg('rect', { width: size, height: size, fill: '#ffffff' }), svg('path', { d: path, fill: '#000000' }));
}
