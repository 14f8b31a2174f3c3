// The vectors, read at run time: test/vectors beside this folder, or $VEMRE_SOURCE/test/vectors.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.env.VEMRE_SOURCE
  ? join(process.env.VEMRE_SOURCE, 'test', 'vectors')
  : join(here, '..', 'vectors');

export const path = (...names) => join(folder, ...names);
export const bytesOf = (...names) => new Uint8Array(readFileSync(path(...names)));
export const vectors = (name) => JSON.parse(readFileSync(path(`${name}.json`), 'utf8'));
