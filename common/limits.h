/* Every maximum in the project, each with its reason. Nothing that grows with a library, a backlog or a peer's will
 * is without one. */
#ifndef SYNCLINE_LIMITS_H
#define SYNCLINE_LIMITS_H

enum {
	/* Names and ids. Longest id seen in the wild is 64 (Apple); a path used as an id (gonic playlists) needs more. */
	LIMIT_ACCOUNT = 63,
	LIMIT_ID = 512,
	LIMIT_UUID = 36,
	LIMIT_URL = 2048,
	LIMIT_SECRET = 4096,
	/* One line of text a person reads; server messages are cut to it. */
	LIMIT_CAUSE = 500,

	/* Item text. 300-character titles are real; past this it is a lyric in the wrong field. Postgres would take more,
	 * but an index row would not. */
	LIMIT_NAME = 2000,
	/* Unmapped members kept as jsonb, per item. */
	LIMIT_EXTRA_BYTES = 16 * 1024,
	/* Values in one list field (artists of a track, genres). */
	LIMIT_LIST = 256,

	/* One answer as it travels, compressed or small: Kafka's topics are made for it (topics.def), with room for the envelope. */
	LIMIT_BODY_BYTES = 8 * 1024 * 1024,
	/* ... and unpacked: gzip makes a quarter to an eighth of such lists, so LIMIT_BODY_BYTES is mostly the end, and this bounds
	 * memory. Some lists come in one answer, however long: 42,000 entries of a playlist were measured, 29 MB of 700 bytes each.
	 * While it is read there are two copies, three of one that must be mended. */
	LIMIT_UNPACKED_BYTES = 64 * 1024 * 1024,
	LIMIT_MESSAGE_BYTES = 9 * 1024 * 1024,
	/* Values in one message, each of which costs 24 bytes once decoded, and their nesting. Ours have less than 3 million: a
	 * value takes a byte at least, and a part has 1 MiB of rows, one more row and the ids of rejects. */
	LIMIT_MESSAGE_VALUES = 3 * 1024 * 1024,
	LIMIT_MESSAGE_DEPTH = 16,
	/* JSON nesting: real answers have 6 levels. Checked before the parser recurses. */
	LIMIT_JSON_DEPTH = 64,
	/* Values in one answer, names of members among them, each of which costs 16 bytes once parsed. Real ones take 14 bytes of
	 * text and more, so that LIMIT_UNPACKED_BYTES have 5 million; a body that is made for it has 32. */
	LIMIT_JSON_VALUES = 8 * 1024 * 1024,
	/* Rows of one items message: larger pages are cut in parts, so that a batch of the writer has a known size. */
	LIMIT_PART_ROWS = 2000,
	/* Of a message that somebody else made: each may become a reject, of some 230 bytes in a batch (LIMIT_STAGE_BYTES). */
	LIMIT_MESSAGE_ROWS = 100000,
	/* Bytes of rows after which a part ends as well. A row may be 1.5 MiB at its worst (256 artists and genres with the
	 * longest names), so a part and the ids of the page's rejects stay below LIMIT_MESSAGE_BYTES. */
	LIMIT_PART_BYTES = 1024 * 1024,
	/* Working memory of the parser: for the values of one item, and for the rejects of one page with their originals. */
	LIMIT_ITEM_BYTES = 4 * 1024 * 1024,
	LIMIT_PAGE_BYTES = 32 * 1024 * 1024,
	/* Bytes of rejected original kept in a reject. The whole page stays in sync.pages. */
	LIMIT_REJECT_BYTES = 64 * 1024,
	/* Rejects of one page that are recorded one by one, and their bytes, so that one more always fits. What is more is only
	 * counted: pages that hold so many bad items have hardly a good one. */
	LIMIT_PAGE_REJECTS = 10000,
	LIMIT_PAGE_REJECTS_BYTES = LIMIT_PAGE_BYTES - 2 * LIMIT_REJECT_BYTES,

	/* A batch of the writer: enough for set-based statements to pay (measured: flat above 10,000 rows), small enough
	 * that two of them fit in 32 MiB. */
	LIMIT_BATCH_ROWS = 10000,
	LIMIT_BATCH_BYTES = 4 * 1024 * 1024,
	LIMIT_BATCH_MESSAGES = 1000,
	/* Its rows as COPY data: the shortest values (1 byte) become 4 or 12 bytes, so a batch and its last message grow to
	 * this at the very worst; usually to twice their size. */
	LIMIT_STAGE_BYTES = 128 * 1024 * 1024,
	/* Text of one statement made from a template, and of the parameters of one: lists of a batch's accounts and syncs. */
	LIMIT_STATEMENT_BYTES = 16 * 1024,
	LIMIT_PARAMS_BYTES = 256 * 1024,
	/* How far ahead a sync may be planned, or an account paused: further away is a slip in the unit. */
	LIMIT_AHEAD_DAYS = 366,
	/* For Postgres' answer to one statement, ms. A fetcher has leases to renew, and asks little. A writer's statements take
	 * seconds; whoever looks after workers ends one that stands still for a minute, so this says more, and sooner. */
	LIMIT_ANSWER_FETCHER_MS = 5000,
	LIMIT_ANSWER_WRITER_MS = 50000,
	/* Changes of an account that its history keeps, in whole syncs: five times every item of a library of 100,000, some
	 * 150 MB. What was removed stays in its table and can be restored without it. */
	LIMIT_HISTORY = 500000,
	/* Rejects that are history, deleted at the end of one category: a tenth of a second, and what it takes to look at those that
	 * are as old and still open. What is more waits for the next end. */
	LIMIT_PRUNED_REJECTS = 5000,
	/* Unfinished syncs looked at in one round of the reconciler: two questions to Redis each. */
	LIMIT_RECONCILE = 100,

	/* Fetcher: syncs driven at once by one process, and bytes on the way to Kafka. */
	LIMIT_SLOTS = 256,
	LIMIT_INFLIGHT_BYTES = 8 * 1024 * 1024,
	/* ... and how many messages that may be: below LIMIT_PENDING, so that the watermark's ring is never full. */
	LIMIT_INFLIGHT_MESSAGES = 2000,
	/* Children of one list page (playlists of an account). */
	LIMIT_CHILDREN = 50000,
	/* Pages of a walk: 10 million tracks at 500 a page, or one album a page for the largest legacy server. A server that
	 * invents pages for ever ends here. */
	LIMIT_WALK_PAGES = 200000,
	/* Songs that one album or playlist may announce; a larger figure is a slip and left out of totals, whose sum of all
	 * items of a walk so stays far below 64 bits. */
	LIMIT_ANNOUNCED = 1000000,
	LIMIT_CURSOR = 2048,
	LIMIT_FENCE = 512,
	/* Replays: playlists of which pages are found, also those removed long ago; and pages with rejects that are parsed again
	 * in one go, the next replay takes the rest. */
	LIMIT_SELECTION_LISTS = 4 * LIMIT_CHILDREN,
	LIMIT_SELECTION_WANTED = 100000,
	LIMIT_SELECTION_CANCELLED = 100, /* as q_replay_cancelled gives; those behind the last complete walk are few */
	/* Pages of one list in a fence: LIMIT_CHILDREN playlists at 50 a page. */
	LIMIT_FENCE_PAGES = 1000,
	/* Longest pause that a provider's Retry-After is believed. Real ones last up to 24 hours (Spotify: 79,892 s, 86,400 s); a
	 * wrong header must not stop an account for years, and costs a longer ban one request a day. */
	LIMIT_PAUSE_MS = 24 * 3600 * 1000,
	/* A page that took too long is asked for in halves, but not in smaller ones: they cost more than they save. */
	LIMIT_PAGE_LEAST = 25,
	/* Items of a page that are known again on the next one: no provider is asked for more than 500, and the overlap. */
	LIMIT_PAGE_ITEMS = 512,
	/* Repeats of a walk because the library moved. */
	LIMIT_WALKS = 3,

	/* Messages that the parser has read since the oldest one whose outputs Kafka does not all have yet; well below
	 * LIMIT_PENDING. */
	LIMIT_PARSER_INPUTS = 1024,
	/* Messages read but not yet finished, per partition (watermark ring). */
	LIMIT_PENDING = 4096,
	LIMIT_PARTITIONS = 256,
	/* librdkafka's own queues, in KiB. */
	LIMIT_CONSUMER_QUEUE_KB = 2048,
	LIMIT_PRODUCER_QUEUE_KB = 24 * 1024,

	/* Settings and HTTP. */
	LIMIT_SETTING = 1024,
	LIMIT_SETTINGS_FILE = 64 * 1024,
	LIMIT_HEALTH_CLIENTS = 32,

	/* Console: a page or JSON text, 200 rows with the longest names. The others are in console/limits.h. */
	LIMIT_CONSOLE_ANSWER = 8 * 1024 * 1024,
};

#endif
