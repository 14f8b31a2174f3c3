// A record in a folder of this machine, for Node.
import { lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, Missing } from './bytes.js';

function names(root, folder, isFolder) {
	let entries;
	try {
		entries = readdirSync(join(root, folder));
	} catch (error) {
		if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
			return [];
		throw error;
	}
	return entries.filter((name) => {
		const path = join(root, folder, name);
		return (statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path)).isDirectory() === isFolder;
	}).sort();
}

export function folderRecord(root) {
	return {
		has: (path) => lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined, // a link to nothing is there too
		files: (folder) => names(root, folder, false),
		folders: (folder) => names(root, folder, true),
		async read(path) {
			const stat = statSync(join(root, path), { throwIfNoEntry: false });
			if (stat === undefined)
				throw new Missing(`${path}: no está`, `${path}: is not there`);
			if (!stat.isFile())
				throw new Fault(`${path}: no es un archivo`, `${path}: is not a file`);
			return new Uint8Array(readFileSync(join(root, path)));
		},
	};
}
