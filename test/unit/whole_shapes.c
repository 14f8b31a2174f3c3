/* See whole.h: shapes of good records, small and smaller. */
#include "unit/sample.h"
#include "unit/whole.h"
#include <stdio.h>
#include <string.h>

static void one_contest(json_t *root)
{
	sample_remove(root, "contests.2");
	sample_remove(root, "contests.1");
	sample_remove(root, "districts.2");
	sample_remove(root, "districts.1");
	sample_set(root, "mixes", json_integer(1));
	sample_set(root, "min_list", json_integer(2));
}

static void wide(json_t *root)
{
	one_contest(root);
	sample_set(root, "contests.0.write_in_bytes", json_integer(64));
}

static void narrow(json_t *root)
{
	one_contest(root);
	sample_set(root, "contests.0.write_in_bytes", json_integer(0));
}

/* A contest by district of two of the districts alone, another of the third: some ballots have one contest. */
static void scattered(json_t *root)
{
	sample_set(root, "contests.2.districts", json_pack("[s, s]", "14", "21"));
	sample_remove(root, "contests.0");
	sample_set(root, "min_list", json_integer(2));
}

const struct whole_shape WHOLE_SHAPES[] = {
    /* lists: presidencia 12, jefatura-cdmx 7, senadurias.09 7, senadurias.rest (14 joined to 21) 5 */
    {.name = "whole", .voters = {7, 3, 2}, .reissues = true, .odd = true, .challenged = true},
    {.name = "plain", .voters = {3, 3, 3}},
    {.name = "unproved", .voters = {5, 0, 3}, .odd = true},
    {.name = "withheld", .voters = {2, 4, 3}, .reissues = true},
    {.name = "all-withheld", .voters = {1, 0, 1}},
    {.name = "three-mixes", .voters = {4, 0, 3}, .more_mixes = 1},
    {.name = "no-ballots", .voters = {0}},
    {.name = "one-contest", .edit = one_contest, .voters = {2}},
    {.name = "wide", .edit = wide, .voters = {6}, .odd = true, .challenged = true},
    {.name = "narrow", .edit = narrow, .voters = {5}, .odd = true, .challenged = true},
    {.name = "scattered", .edit = scattered, .voters = {3, 2, 1}, .reissues = true},
    {.name = "many", .edit = narrow, .voters = {70}, .odd = true, .challenged = true}, /* checked on all cores */
};
const unsigned WHOLE_SHAPES_COUNT = sizeof WHOLE_SHAPES / sizeof *WHOLE_SHAPES;

const struct whole_shape *whole_shape(const char *name)
{
	for (unsigned i = 0; i < WHOLE_SHAPES_COUNT; i++)
		if (strcmp(WHOLE_SHAPES[i].name, name) == 0)
			return &WHOLE_SHAPES[i];
	return NULL;
}
