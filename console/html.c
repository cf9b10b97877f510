/* Templates with holes. */
#include "console/html.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

const char html_end = '\0'; /* an address that is no text's */

void html_text(struct buf *out, const char *text)
{
	static const char special[] = "&<>\"'";
	static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	while (text && *text) {
		size_t plain = strcspn(text, special);
		buf_add(out, text, plain);
		text += plain;
		if (*text)
			buf_add_text(out, entities[strchr(special, *text++) - special]);
	}
}

void html_fill(struct buf *out, const char *template, ...)
{
	va_list texts;
	const char *hole;
	va_start(texts, template);
	while ((hole = strstr(template, "{}"))) {
		const char *text = va_arg(texts, const char *);
		assert(text != &html_end); /* a hole without a text */
		buf_add(out, template, (size_t)(hole - template));
		html_text(out, text);
		template = hole + 2;
	}
	buf_add_text(out, template);
	const char *rest = va_arg(texts, const char *);
	assert(rest == &html_end); /* a text without a hole */
	(void)rest;
	va_end(texts);
}
