/* What was asked and what was answered: the last requests one by one, and counts of all. Holds no secret. */
#ifndef SIMULATOR_JOURNAL_H
#define SIMULATOR_JOURNAL_H

#include "out.h"

enum { JOURNAL_QUERY_MAX = 320, JOURNAL_ENDPOINTS = 24 };

struct journal_entry {
	int64_t time_ms;                                       /* since 1970 */
	uint64_t bytes;                                        /* of the body, as far as it was meant to be sent */
	int status;                                            /* 0: closed without an answer */
	char endpoint[32], mark[16], query[JOURNAL_QUERY_MAX]; /* query: decoded, cut when longer; mark: fault or limit */
};

struct journal {
	struct journal_entry *entries;
	uint32_t entries_max;
	uint64_t count, bytes; /* ever */
	struct {
		char name[32];
		uint64_t requests;
	} endpoints[JOURNAL_ENDPOINTS]; /* the last one gathers what found no room */
	uint64_t faults;
};

void journal_open(struct journal *journal, uint32_t entries_max);
void journal_close(struct journal *journal);
void journal_clear(struct journal *journal);
/* The entry to be filled; it replaces the oldest. Already holds the endpoint, and is counted. */
struct journal_entry *journal_add(struct journal *journal, const char *endpoint);
/* Lines of number, time, endpoint, status, bytes, mark ("-": none), query, separated by tabs, of entries numbered above
 * `after`; numbers begin at 1. */
void journal_print(const struct journal *journal, uint64_t after, struct out *out);
/* {"ping":3,...} */
void journal_print_counts(const struct journal *journal, struct out *out);

#endif
