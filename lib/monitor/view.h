/* The components for people, as lines of text, and for scripts, as JSON. */
#ifndef MONITOR_VIEW_H
#define MONITOR_VIEW_H

#include "base/buffer.h"
#include "monitor/components.h"

/* A heading and a line per component, with a second one where there is something to do. colour: with escape sequences.
 * width: of the terminal in columns; longer lines are broken; 0: never. */
void view_text(struct buffer *out, const struct components *all, bool colour, unsigned width);
/* {"format", "time", "election", "level", "components": [{"id", "name", "level", "problem", "advice", "facts", "figures"}]};
 * levels: "off", "green", "amber", "red"; problem and advice null where there is none. */
MUST_USE enum status view_json(struct buffer *out, const struct components *all);
/* "red"; "ROJO", in the language of the program. */
const char *view_level(enum component_level level);
const char *view_word(enum component_level level);
/* Until SIGINT or SIGTERM: looks and shows again every `refresh` seconds; on a terminal in place. */
MUST_USE enum status view_live(struct components *all, long refresh);
/* One look; json: as JSON. E_STATE where a component is red (said by the view). */
MUST_USE enum status view_once(struct components *all, bool json);

#endif
