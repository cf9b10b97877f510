/* A raw page to normalized rows and rejects. Pure: no clock, no Kafka, no globals; the same page gives the same bytes.
 *
 * open -> parse_page* -> close. One thread; what a call returns lives until the next.
 *
 * A page always gives at least one `items` message, so that it has its row in the ledger, and the figures of its last
 * part always add up: received = stored + rejected, received being what the fetcher counted. A page that cannot be read
 * at all (bad_page, count_mismatch, unknown_request) is one reject at position -1 and an `items` message in which every
 * entry counts as rejected and unidentified: the sync stays honest, and nothing is taken for removed because of it. */
#ifndef SYNCLINE_PARSER_PARSE_H
#define SYNCLINE_PARSER_PARSE_H

#include "common/items.h"
#include "common/msg.h"

struct parse;

struct parsed {
	enum item_kind_id kind;
	/* Encoded `items` messages in order, each of at most LIMIT_PART_ROWS rows and about LIMIT_PART_BYTES. A caller may
	 * take the bytes out of them. */
	struct buf *parts;
	size_t part_count;
	/* In the order of the page. topic, partition, offset and at are left for the caller, who knows them. At most
	 * LIMIT_PAGE_REJECTS; those beyond it are only counted, as unidentified. */
	struct reject *rejects;
	size_t reject_count;
	int64_t received, stored, rejected, unidentified, warnings;
};

int parse_open(struct parse **parse, struct err *err) MUST_USE;
void parse_close(struct parse **parse);

/* Fails only for want of memory (FATAL, or RETRY where the body could not even be read); whatever is wrong with the
 * page is in *parsed. page must outlive it. */
int parse_page(struct parse *parse, const struct raw_page *page, struct parsed *parsed, struct err *err) MUST_USE;

/* For a body without its raw_page, as in a file: page has body and encoding, and of provider, category and request what is
 * known; fills them, and count, from the body itself. Errors are those of guess_mapping; REJECT also: the body is no JSON. */
int parse_guess(struct parse *parse, struct raw_page *page, struct err *err) MUST_USE;

#endif
