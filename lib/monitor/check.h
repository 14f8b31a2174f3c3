/*
 * --check-config of every program that reads the settings file: all its faults at once (base/settings_table.h), then what
 * the settings name is tried, as the account that runs it: the database reached in the program's role, the token there, the
 * SMS gateways and the mail relay answering, the site and its certificate, the age of the database of countries, the clock.
 * Nothing is sent to anybody, nothing is signed but the head of an empty journal of no election. One line each.
 */
#ifndef MONITOR_CHECK_H
#define MONITOR_CHECK_H

#include "base/settings_table.h"
#include "base/status.h"

/* config: NULL for the default file. election: NULL for the setting election.folder; where no election was opened there,
 * what depends on one is said not to have been tried. user: one of settings_user.
 * OK: no fault; E_USAGE: the file has one; else the first thing tried that does not answer. What is to be seen to soon is a
 * warning and no fault. */
MUST_USE enum status check_config(const char *config, const char *election, enum settings_user user);
/* With what is the program's alone to judge, asked where an election was opened; says its faults itself. */
MUST_USE enum status check_config_and(const char *config, const char *election, enum settings_user user,
                                      enum status (*own)(const char *config, const char *election));

#endif
