// A party's emblem: the definition's own picture where it has one, else drawn from colour and short name. Decoration:
// the names stand beside it.

import { h, svg } from './dom.js';

const KINDS = { svg: 'image/svg+xml', png: 'image/png', webp: 'image/webp' };
const pictures = new Map(); // sha256 → blob: address

async function load({ file, sha256 }) {
  const kind = /\.(svg|png|webp)$/.exec(file)?.[1];
  const reply = kind ? await fetch(`emblems/${sha256}.${kind}`) : null;
  if (!reply?.ok) return;
  const bytes = await reply.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  if ([...hash].map((b) => b.toString(16).padStart(2, '0')).join('') !== sha256) return; // not the definition's: never shown
  pictures.set(sha256, URL.createObjectURL(new Blob([bytes], { type: KINDS[kind] })));
}

/** While the voter logs in; what does not come, or is not the definition's by its hash, is drawn instead. */
export const loadEmblems = (definition) =>
  Promise.allSettled(definition.parties.filter((party) => party.emblem).map((party) => load(party.emblem)));

const channel = (text, at) => {
  const c = parseInt(text.slice(at, at + 2), 16) / 255;
  return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};

// Relative luminance of #rrggbb (WCAG 2.2).
const luminance = (colour) =>
  0.2126 * channel(colour, 1) + 0.7152 * channel(colour, 3) + 0.0722 * channel(colour, 5);

const inkOn = (colour) => {
  const l = luminance(colour);
  return 1.05 / (l + 0.05) >= (l + 0.05) / 0.05 ? '#ffffff' : '#14181d';
};

function draw(short, colour) {
  const size = short.length <= 2 ? 25 : short.length <= 3 ? 18.5 : short.length <= 4 ? 15 : 62 / short.length; // inside the frame
  const ink = inkOn(colour);
  return svg('svg', { viewBox: '0 0 64 64', class: 'emblem', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { x: 1, y: 1, width: 62, height: 62, rx: 9, fill: colour }),
    svg('rect', { x: 5, y: 5, width: 54, height: 54, rx: 6, fill: 'none', stroke: ink, 'stroke-width': 1.5 }),
    svg('text', {
      x: 32, y: 33, fill: ink, 'font-size': size, 'font-weight': 700, 'text-anchor': 'middle',
      'dominant-baseline': 'central', 'font-family': 'system-ui, sans-serif',
    }, short));
}

const safe = (colour) => (/^#[0-9a-fA-F]{6}$/.test(colour ?? '') ? colour : '#4a5560');

export function partyEmblem(party) {
  const address = pictures.get(party.emblem?.sha256);
  return address ? h('img.emblem', { src: address, alt: '', width: 56, height: 56 }) : draw(party.short, safe(party.colour));
}

/** One for a party, several for a common candidacy, a plain one for an independent. */
export function optionEmblems(definition, option) {
  const parties = option.parties.map((id) => definition.parties.find((p) => p.id === id)).filter(Boolean);
  return parties.length > 0 ? parties.map(partyEmblem) : [draw('IND', '#4a5560')];
}

/** An empty box with a pen stroke: whoever is written in. */
export const writeInEmblem = () =>
  svg('svg', { viewBox: '0 0 64 64', class: 'emblem', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { x: 1.5, y: 1.5, width: 61, height: 61, rx: 9, fill: '#ffffff', stroke: '#4a5560', 'stroke-width': 2 }),
    svg('path', { d: 'M14 44h36', stroke: '#4a5560', 'stroke-width': 2.5, fill: 'none' }),
    svg('path', { d: 'M20 37l3-9 17-17 6 6-17 17z', fill: 'none', stroke: '#4a5560', 'stroke-width': 2.5, 'stroke-linejoin': 'round' }));
