/* See folder.h. */
#include "unit/folder.h"
#include <stdio.h>
#include <stdlib.h>

static char folder[] = "/tmp/vemre-unit-XXXXXX";

int folder_make(void)
{
	return mkdtemp(folder) != NULL ? 0 : -1;
}

int folder_remove(void)
{
	char command[64];

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
