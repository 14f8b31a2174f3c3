/* See folder.h. */
#include "unit/folder.h"
#include <stdio.h>
#include <stdlib.h>

static char folder[32];

int folder_make(void **state)
{
	static const char *const places[] = {"/dev/shm", "/tmp"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		snprintf(folder, sizeof folder, "%s/vemre-unit-XXXXXX", places[i]);
		if (mkdtemp(folder) != NULL)
			return 0;
	}
	return -1;
}

int folder_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

const char *in_folder(const char *name)
{
	static char path[4][320];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}
