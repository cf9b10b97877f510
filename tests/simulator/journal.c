/* A ring of entries and a small table of counts. */
#include "journal.h"

#include <stdio.h>
#include <stdlib.h>

void journal_open(struct journal *journal, uint32_t entries_max)
{
	*journal = (struct journal){.entries_max = entries_max ? entries_max : 1};
	journal->entries = must_alloc(journal->entries_max, sizeof *journal->entries);
}

void journal_close(struct journal *journal)
{
	free(journal->entries);
	*journal = (struct journal){0};
}

void journal_clear(struct journal *journal)
{
	struct journal_entry *entries = journal->entries;
	*journal = (struct journal){.entries = entries, .entries_max = journal->entries_max};
}

static void count_endpoint(struct journal *journal, const char *endpoint)
{
	unsigned at = 0;
	while (at < JOURNAL_ENDPOINTS - 1 && *journal->endpoints[at].name &&
	       strcmp(journal->endpoints[at].name, endpoint) != 0)
		at++;
	if (!*journal->endpoints[at].name)
		snprintf(journal->endpoints[at].name, sizeof journal->endpoints[at].name, "%s",
		         at < JOURNAL_ENDPOINTS - 1 ? endpoint : "other");
	journal->endpoints[at].requests++;
}

struct journal_entry *journal_add(struct journal *journal, const char *endpoint)
{
	struct journal_entry *entry = &journal->entries[journal->count++ % journal->entries_max];
	count_endpoint(journal, endpoint);
	entry->bytes = 0;
	entry->status = 0;
	*entry->query = *entry->mark = 0;
	snprintf(entry->endpoint, sizeof entry->endpoint, "%s", endpoint);
	return entry;
}

void journal_print(const struct journal *journal, uint64_t after, struct out *out)
{
	uint64_t first = journal->count > journal->entries_max ? journal->count - journal->entries_max : 0;
	for (uint64_t i = after > first ? after : first; i < journal->count; i++) {
		const struct journal_entry *entry = &journal->entries[i % journal->entries_max];
		out_printf(out, "%llu\t%lld\t%s\t%d\t%llu\t%s\t", (unsigned long long)i + 1, (long long)entry->time_ms,
		           entry->endpoint, entry->status, (unsigned long long)entry->bytes, *entry->mark ? entry->mark : "-");
		/* One line an entry, whatever was asked. */
		for (const char *at = entry->query; *at; at++)
			out_byte(out, (unsigned char)*at < 0x20 ? '?' : *at);
		out_byte(out, '\n');
	}
}

void journal_print_counts(const struct journal *journal, struct out *out)
{
	out_byte(out, '{');
	for (unsigned i = 0; i < JOURNAL_ENDPOINTS && journal->endpoints[i].requests; i++) {
		if (i)
			out_byte(out, ',');
		out_quoted(out, journal->endpoints[i].name);
		out_printf(out, ":%llu", (unsigned long long)journal->endpoints[i].requests);
	}
	out_byte(out, '}');
}
