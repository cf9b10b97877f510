/* What browsers load beside pages: style, script, icon, embedded at build from console/assets. */
#ifndef SYNCLINE_CONSOLE_ASSETS_H
#define SYNCLINE_CONSOLE_ASSETS_H

#include "console/router.h"

struct asset_file {
	const char *name; /* "style.css"; NULL ends the list */
	const unsigned char *bytes;
	size_t len;
};

extern const struct asset_file asset_files[];

/* "/assets/style.css?9f2c...": with what stands in it in its name, so that browsers keep it for good. The name must exist
 * (a constant of ours: checked by assert). Lives as long as the process. */
const char *assets_url(const char *name);

/* Answers with the file; 404 when there is none. */
void assets_show(struct visit *visit, const char *name);

/* Names all urls; once, before the first assets_url. */
void assets_open(void);

#endif
