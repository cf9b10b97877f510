/* Help texts become man(7). */
#include "ctl/roff.h"

#include <string.h>

void roff_text(struct span text, bool at_begin, FILE *out)
{
	if (at_begin && text.len && (text.at[0] == '.' || text.at[0] == '\''))
		fputs("\\&", out);
	for (size_t i = 0; i < text.len; i++) {
		switch (text.at[i]) {
		case '\\':
			fputs("\\e", out);
			break;
		case '-':
			fputs("\\-", out);
			break;
		case '\'':
			fputs("\\(aq", out);
			break;
		case '`':
			fputs("\\(ga", out);
			break;
		case '^':
			fputs("\\(ha", out);
			break;
		case '~':
			fputs("\\(ti", out);
			break;
		default:
			fputc(text.at[i], out);
		}
	}
}

static struct span line_at(const char *text)
{
	return (struct span){text, strcspn(text, "\n")};
}

static size_t indent_of(struct span line)
{
	size_t indent = 0;
	while (indent < line.len && line.at[indent] == ' ')
		indent++;
	return indent;
}

static const char *behind(struct span line)
{
	return line.at + line.len + (line.at[line.len] ? 1 : 0);
}

static void put_line(struct span line, FILE *out)
{
	roff_text(line, true, out);
	fputc('\n', out);
}

static struct span skip(struct span line, size_t bytes)
{
	return (struct span){line.at + bytes, line.len - bytes};
}

/* "  --only LIST   which": a term and what follows it, on this line and on those that are indented further. */
static const char *put_term(const char *text, size_t indent, FILE *out)
{
	struct span line = skip(line_at(text), indent);
	const char *gap = memmem(line.at, line.len, "  ", 2);
	struct span term = {line.at, gap ? (size_t)(gap - line.at) : line.len};
	fputs(".TP\n.B ", out);
	roff_text(term, true, out);
	fputc('\n', out);
	if (gap)
		put_line(skip(line, term.len + indent_of(skip(line, term.len))), out);
	const char *next = behind(line);
	for (line = line_at(next); indent_of(line) > indent && line.len; line = line_at(next)) {
		put_line(skip(line, indent_of(line)), out);
		next = behind(line);
	}
	return next;
}

/* Deeper ones are the rest of an example. */
static bool is_option(struct span line)
{
	return line.len > 4 && memcmp(line.at, "  --", 4) == 0;
}

/* Examples and tables stand as they are, up to a line that is not indented or is an option. */
static const char *put_block(const char *text, FILE *out)
{
	fputs(".nf\n.RS 4\n", out);
	struct span line = line_at(text);
	while (line.len && indent_of(line) && !is_option(line)) {
		put_line(skip(line, 2), out);
		text = behind(line);
		line = line_at(text);
	}
	fputs(".RE\n.fi\n", out);
	return text;
}

static const char *put_paragraph(const char *text, FILE *out)
{
	struct span line = line_at(text);
	for (; line.len && !indent_of(line); line = line_at(text)) {
		put_line(line, out);
		text = behind(line);
	}
	return text;
}

void roff_help(const char *text, FILE *out)
{
	const char *begin = text;
	while (*text) {
		struct span line = line_at(text);
		size_t indent = indent_of(line);
		if (line.len && !is_option(line) && text > begin)
			fputs(".PP\n", out);
		if (line.len == 0)
			text = behind(line);
		else if (indent == 0)
			text = put_paragraph(text, out);
		else if (is_option(line))
			text = put_term(text, indent, out);
		else
			text = put_block(text, out);
	}
}
