/* Text for XML 1.0: escaped, and without the characters that it cannot hold at all. */
#ifndef SYNCLINE_CONSOLE_XML_H
#define SYNCLINE_CONSOLE_XML_H

#include "common/buf.h"

/* For text between tags and in attributes in double quotes. text: valid UTF-8; NULL is as "". */
void xml_text(struct buf *out, const char *text);

#endif
