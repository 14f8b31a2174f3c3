// JSON as the protocol reads it (section 2): duplicate keys are refused, which JSON.parse lets pass.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

function refuseDuplicates(text) {
  const open = []; // a Set of keys per object, null per array
  let previous = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token[0] === '"' && open[open.length - 1] && (previous === '{' || previous === ',')) {
      const key = JSON.parse(token);
      if (open[open.length - 1].has(key)) throw new SyntaxError(`key twice: ${key}`);
      open[open.length - 1].add(key);
    }
    previous = token;
  }
}

/** bytes: UTF-8, without a byte order mark. */
export function readJson(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const value = JSON.parse(text);
  refuseDuplicates(text);
  return value;
}
