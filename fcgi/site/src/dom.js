// Elements without markup in strings: nothing that comes from the server or the voter is ever parsed as
// HTML, and the page needs no inline style or script.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** h('p.note', { id: 'x', onclick: f }, 'text', otherElement, …) */
export function h(selector, properties = {}, ...children) {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length > 0) element.className = classes.join(' ');
  return fill(element, properties, children);
}

export const svg = (tag, properties = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), properties, children);

/** Words of the definition are Spanish whatever language the page speaks. */
export const spanish = (text) => h('span', { lang: 'es' }, text);

export const byId = (id) => document.getElementById(id);

/** Gives `bytes` or text to the voter as a file. */
export function download(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = h('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** What a button does to hand a text file to another application or device, or null where the browser cannot. */
export function share(name, content) {
  const files = [new File([content], name, { type: 'text/plain' })];
  if (!navigator.canShare?.({ files })) return null;
  return () => navigator.share({ files }).catch(() => {}); // the voter may turn back: no fault
}
