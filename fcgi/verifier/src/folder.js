// A record in a folder of this machine, for Node.
import { lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, Missing } from './bytes.js';

/** What is there; undefined: nothing; null: nor can there be, below what is no folder. */
function look(stat, path) {
	try {
		return stat(path, { throwIfNoEntry: false });
	} catch (error) {
		if (error.code === 'ENOTDIR')
			return null;
		throw error;
	}
}

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
		return (look(statSync, path) ?? lstatSync(path)).isDirectory() === isFolder;
	}).sort();
}

export function folderRecord(root) {
	return {
		has: (path) => (look(lstatSync, join(root, path)) ?? null) !== null, // a link to nothing is there too
		files: (folder) => names(root, folder, false),
		folders: (folder) => names(root, folder, true),
		async read(path) {
			const stat = look(statSync, join(root, path));
			if (stat === undefined)
				throw new Missing(`${path}: no está`, `${path}: is not there`);
			if (stat === null)
				throw new Fault(`${path}: lo que debía ser su carpeta no lo es`, `${path}: what should be its folder is none`);
			if (!stat.isFile())
				throw new Fault(`${path}: no es un archivo`, `${path}: is not a file`);
			return new Uint8Array(readFileSync(join(root, path)));
		},
	};
}
