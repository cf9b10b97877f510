/* XML text. */
#include "console/xml.h"

#include <string.h>

/* Length of what XML 1.0 forbids at c: control characters, U+FFFE and U+FFFF (section 2.2). */
static size_t forbidden(const char *c)
{
	unsigned char byte = (unsigned char)*c;
	if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
		return 1;
	return strncmp(c, "\xef\xbf\xbe", 3) == 0 || strncmp(c, "\xef\xbf\xbf", 3) == 0 ? 3 : 0;
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;"; /* a reader would make a space of it in an attribute */
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

void xml_text(struct buf *out, const char *text)
{
	for (const char *c = text ? text : ""; *c;) {
		size_t skip = forbidden(c);
		const char *name = entity(*c);
		if (name)
			buf_add_text(out, name);
		else if (!skip)
			buf_add_byte(out, *c);
		c += skip ? skip : 1;
	}
}
