/* What the parts of the fetcher share: the process' handles, and one sync under way. Not for other directories. */
#ifndef SYNCLINE_FETCHER_INTERNAL_H
#define SYNCLINE_FETCHER_INTERNAL_H

#include "common/arena.h"
#include "common/kafka_in.h"
#include "common/kafka_out.h"
#include "common/msg.h"
#include "common/vault.h"
#include "fetcher/cursor.h"
#include "fetcher/fence.h"
#include "fetcher/fetcher.h"
#include "fetcher/lease.h"
#include "fetcher/outcome.h"
#include "fetcher/page.h"
#include "fetcher/promise.h"
#include "fetcher/throttle.h"
#include "fetcher/token.h"

/* What a sync asks for next. */
enum stage {
	STAGE_HELLO,  /* are we understood and let in? */
	STAGE_EXTRAS, /* what can the server do? */
	STAGE_FENCE_BEFORE,
	STAGE_PAGES,
	STAGE_FENCE_AFTER,
	STAGE_REPLAY, /* nothing is asked at all: pages come from Kafka */
	STAGE_ENDING, /* nothing more to ask; messages are on their way */
};

struct sync {
	struct fetcher *fetcher;
	struct lease lease;
	int64_t lease_until_ms; /* without a renewal by then it may be another's */
	int64_t renew_at_ms;
	struct account account;
	struct session session;
	struct replay *replay; /* of a sync that reads Kafka, which has no transfer then; NULL: it asks the provider */
	struct transfer *transfer;
	bool requesting; /* the transfer is under way */
	/* The access token, where there is one (NULL: there is none), and its refresh. */
	struct token *token;
	enum { REFRESH_IDLE, REFRESH_ASKED, REFRESH_TAKEN } refresh; /* TAKEN: not stored yet */
	bool token_refused;                                          /* a new one is needed */
	bool token_ended;                                            /* ... and one that was new has been refused since */
	bool token_new;                                              /* no answer was good since the refresh */
	char credential[CREDENTIALS_THROTTLE];                       /* what the provider counts requests under */
	struct throttle_rate rate;
	int64_t ban_recalled; /* redis_connects() when the throttle was last told of the provider's pause; 0: never */
	bool abandoned;       /* do nothing more; free when inflight is 0 */
	bool failed_delivery; /* Kafka lost something: another fetcher must go on from the saved cursors */
	int64_t wake_ms;      /* nothing is asked before */
	int inflight;         /* messages without a delivery report */

	enum stage stage;
	enum category category;
	category_set left; /* categories still to walk, the current one included */
	struct cursor cursor;
	struct fence fence;
	char closing_fence[LIMIT_FENCE]; /* of the last walk, if the library held still; "" otherwise */
	const struct request *request;   /* the one under way or about to be sent */
	int64_t requests;                /* sent since the cursor last counted them */
	int retries, page_size;
	int said_early;           /* so often the page was the last one, long before its list's length */
	struct page_items before; /* the list page that was taken last; empty after a takeover */
	uint64_t one_way;         /* of the child whose other way (instead_each) has failed */
	int asked_again;          /* so often the page under way, for it shows what the one before has shown */
	bool probing_end;         /* the next list request begins behind the last item: it must find nothing */

	/* Children of the current list page. */
	struct arena children_arena;
	const char **children;
	size_t children_count;
	bool children_loaded;
	/* Of the list page whose children are read, or that was just taken: where the list goes on after it. */
	struct {
		int64_t offset;
		char last_id[LIMIT_ID + 1];
		bool is_last;
	} behind;
	int64_t child_total; /* as the pages of the child before told; 0: none has */
	int child_restarts;
	struct page_items child_before; /* its page that was taken last; empty after a takeover */
	int64_t child_lacks;            /* so many fewer than were asked for that page showed, which was not the last */
	bool child_repeats;             /* what a page of it showed once more it insisted on */
	int unreadable;                 /* children whose answers made no sense since one did */
	int unreadable_in_all;          /* ... in this walk */
	int looked_again;               /* so often at the list page whose children are read */
	int64_t hides;                  /* items that a page of this walk lacks, as the server insists */
	int64_t short_by;               /* the fewest that the doubted page lacked so far */
	int asked_short;                /* so often it lacked more when it was asked for again */
	uint64_t doubted_hash;          /* of the child or page whose answer was not believed at once; 0: all were */
	struct versions *versions;      /* whose children need not be read; NULL: all are */

	int64_t totals[CATEGORY_COUNT]; /* told or estimated; 0: not known */
	bool totals_exact[CATEGORY_COUNT];
	bool counting;                                 /* totals are being added up from a first page on */
	char known_fence[CATEGORY_COUNT][LIMIT_FENCE]; /* of the newest complete walk */

	/* Newest delivered cursor of each category, to be saved once per turn. */
	char saved[CATEGORY_COUNT][LIMIT_CURSOR];
	category_set unsaved;
	int64_t pages, items, last_log_ms;
};

/* Jobs come in two queues: those that a person waits for are taken first. */
enum { QUEUE_PEOPLE, QUEUE_BACKGROUND, QUEUE_COUNT };
struct job_queue {
	struct kafka_in *in;
	/* A job that could not be claimed because a service is away; tried again at retry_ms. */
	struct kafka_message held;
	bool has_held, rewind;
	int64_t retry_ms;
	int retries;
};

/* A request to sync, read and checked. */
struct job {
	struct lease lease; /* as it would be taken */
	char requested_by[65];
	int64_t asked_ms, not_before_ms; /* since 1970; 0: at once */
	struct kafka_place place;
};

struct fetcher {
	const struct settings *settings;
	struct pg *pg;
	struct vault *vault;
	struct redis *redis;
	struct job_queue queues[QUEUE_COUNT];
	struct kafka_out *out;
	struct transfer_set *transfers;
	struct sync *syncs[LIMIT_SLOTS];
	size_t sync_count;
	struct buf scratch; /* a decompressed body */
	struct arena job_arena;
	bool draining, took_job; /* in this turn: where one was, there may be more */
	/* Why Postgres or Redis could not be used when they were last asked; class is ERR_NONE while all is well. */
	struct err stores;
	int64_t check_ms;
	/* Back-pressure. */
	rd_kafka_t *lag; /* to ask with */
	bool paused;
	int64_t pressure_at_ms;
	struct err trouble; /* of this turn's intake; class is ERR_NONE while all is well */
};

/* ---- intake.c ---- */
int intake_open(struct fetcher *fetcher, struct err *err);
void intake_close(struct fetcher *fetcher);
/* Takes at most one job from Kafka if there is a free slot for it. */
void intake_turn(struct fetcher *fetcher);
/* Which queue a job stands in. */
struct job_queue *intake_queue(struct fetcher *fetcher, const struct kafka_place *job);
/* As kafka_in_obstacle, when neither queue has anything for this fetcher. */
const char *intake_obstacle(struct fetcher *fetcher);

/* ---- job.c ---- */
/* Reads and checks a message. What the spans of a message point to need not be kept. REJECT: it is no job; *job then tells as
 * much as could be read. */
int job_read(struct fetcher *fetcher, const struct kafka_message *message, struct job *job, struct err *err);

/* ---- claim.c ---- */
/* The job becomes a leased sync, joins one, waits, or is found to be through; its offset follows what became of it. On
 * failure nothing has. */
int claim_job(struct fetcher *fetcher, const struct job *job, struct err *err);

/* ---- sync.c ---- */
struct sync *sync_open(struct fetcher *fetcher, const struct lease *lease, const struct account *account,
                       struct err *err);
void sync_close(struct sync **sync);
/* Sends the next request if it may. */
void sync_step(struct sync *sync);
void sync_answer(struct sync *sync, const struct answer *answer);
/* Renews the lease, saves cursors, notices the end. Returns true when the sync is over and may be closed. */
bool sync_tick(struct sync *sync);
/* Gives up: another fetcher goes on at the saved cursors. */
void sync_abandon(struct sync *sync, const char *why);
/* Stops, because somebody has said so in Postgres: whoever comes after looks there. */
void sync_halt(struct sync *sync);
/* The current category is through, well or badly: the next one, or the end. */
void sync_next_category(struct sync *sync);
/* The current category fails: a mark, with what was stored kept. */
void sync_fail_category(struct sync *sync, const struct verdict *verdict);

/* ---- failure.c ---- */
/* The verdict of a failed request. Retries are counted in sync->retries, which a good answer resets. */
void sync_handle_failure(struct sync *sync, const struct verdict *verdict);

/* A pause that is too long to be waited for in the slot: parks the sync, which then holds nothing, until the reconciler puts
 * it back to work. false: it is short, nothing was done. */
bool sync_park(struct sync *sync, int64_t wait_ms, const char *cause);
/* The next request waits as after so many failures: what was answered may be right in a moment. */
void sync_ask_again(struct sync *sync, int tries);

/* The verdict of a failed refresh of the access token. */
void sync_handle_token_failure(struct sync *sync, const struct verdict *verdict);
/* The request could not even be sent. What a person must mend would be so in the next try, and fails; else it is left for one. */
void sync_handle_unsent(struct sync *sync, const struct err *err);

/* Has anybody been asked for a pause that is not over? Then wake_ms is set, or the sync is parked. Takes no turn: for requests
 * that the rate does not count. */
bool sync_paused(struct sync *sync);

/* ---- refresh.c ---- */
/* May the next request be signed now? false: a refresh was begun, or must be waited for (wake_ms), or has failed. */
bool refresh_ready(struct sync *sync);
/* The answer of the token endpoint (refresh is REFRESH_ASKED). */
void refresh_answer(struct sync *sync, const struct answer *answer);
/* Stores what was answered. false: not yet; call again. */
bool refresh_save(struct sync *sync);
/* The provider refused the access token: is a new one worth a try? */
bool refresh_refused(struct sync *sync);

/* ---- walk.c ---- */
/* Where the current category begins, or goes on after a takeover. */
void walk_begin(struct sync *sync, const char *cursor);
/* How the current category is read. */
const struct plan *walk_plan(const struct sync *sync);
/* The request of the next page; NULL when the walk has ended. *id is the child asked for, or NULL. */
const struct request *walk_request(struct sync *sync, const char **id);
/* Takes a good answer of a page. */
void walk_take(struct sync *sync, const struct answer *answer, yyjson_val *root);
/* Brings the cursor's count of requests up to date. */
void walk_count_requests(struct sync *sync);
/* Items that are asked for in a page: no more than the provider gives. */
int walk_page_size(const struct sync *sync);
/* The fewest requests that could have read `items` in a list or child of this kind. */
int64_t walk_pages_of(const struct sync *sync, const struct request *request, int64_t items);
/* Did the whole list come in one answer? */
bool walk_is_snapshot(const struct sync *sync);
/* The walk cannot be right: start it over, or on the last permitted one, go on and say so. */
void walk_moved(struct sync *sync);
/* The category's next way to ask, as long as nothing has been read. false: it is too late, or there is none. */
bool walk_next_plan(struct sync *sync);
/* The page cannot be taken: deals with it as a failure. */
void walk_fail_page(struct sync *sync, enum outcome outcome, const char *cause);
/* A word that may be a slip (it is empty, and tells no length; it is not there; it is short): the first time it is doubted, and the
 * same asked for again. what: what the answer is of: a child, or a page. */
bool walk_doubts(struct sync *sync, const char *what);
/* The same for an answer that lacks so many items, as it, its list or the next page's place counts them: what is not shown may be
 * counted. One that lacks more when it is asked for again is another slip, and is asked for as often as any page. */
bool walk_doubts_short(struct sync *sync, const char *what, int64_t lacks);
/* Lengths go on counting what was removed, on some servers for days: when the page has been asked for as often as may be, it is
 * believed, and the walk's end tells it. false: it is asked for once more. */
bool walk_ends_early(struct sync *sync);
/* false: it was broken, and the page was dealt with as a failure. */
bool walk_keeps_promise(struct sync *sync, enum promise promise);

/* ---- walk_list.c ---- */
void list_take(struct sync *sync, const struct answer *answer, yyjson_val *root, const struct page_facts *facts);
/* Why a first page that holds nothing, the walk's last plan being tried, is not believed yet; NULL: it is. */
const char *list_denies_nothing(const struct sync *sync);
/* The list page whose children are being read is asked for once more: where it is not what it was the library has moved, else they
 * go on at the same one. */
void list_look_again(struct sync *sync);
/* Was the list page taken before, by who had the sync then, and only its children are missing? */
bool list_is_reloaded(const struct sync *sync);
/* The list page is behind, with all its children: the next one begins after it. */
void list_pass_page(struct sync *sync);

/* ---- walk_children.c ---- */
void children_forget(struct sync *sync);
/* The ids in a list page behind the first skip items. false: dealt with as a failure. */
bool children_load(struct sync *sync, const struct request *request, yyjson_val *root, int64_t skip);
/* The child to ask for; "": it has no id that can be used; NULL: a page of the list is due. */
const char *children_current(const struct sync *sync);
/* Is the answer of the child asked for doubted, as walk_doubts, at the place where it is read? lacks: as walk_doubts_short; 0: it
 * is something else than short. */
bool children_doubts(struct sync *sync, int64_t lacks);
/* Passes those that nobody can ask for, so that what they hold counts as not read. */
void children_pass_unnamed(struct sync *sync);
/* Takes a page of the child asked for. child may be one of sync->children, here and below. */
void children_take(struct sync *sync, const char *child, const struct answer *answer, yyjson_val *root,
                   const struct page_facts *facts);
/* Publishes the child asked for as empty, or as not given by the provider for this reason (what is stored of it stays), and
 * passes it. */
void children_take_nothing(struct sync *sync, const char *child, const struct verdict *refused);

/* ---- replay.c ---- */
int replay_open(struct sync *sync, struct err *err) MUST_USE;
/* NULL-safe. */
void replay_close(struct replay **replay);
/* Where the current category begins, or goes on after a takeover. */
void replay_begin(struct sync *sync, const char *cursor);
/* Does a part of the work, and sets wake_ms when there is nothing to do yet. */
void replay_step(struct sync *sync);

/* ---- publish.c ---- */
struct publishing {
	const char *cursor_before;
	const char *parent;  /* NULL: it is a page of the list itself */
	const char *refused; /* NULL: it is not */
	int64_t count, skip, first;
	int64_t next; /* where the next page of the same parent begins; 0: there is none */
};
void publish_page(struct sync *sync, const struct answer *answer, const struct publishing *publishing);
/* A copy of a page that stands at `from`, as the next of this sync's. */
void publish_again(struct sync *sync, const struct raw_page *original, const struct kafka_place *from);
void publish_replay_end(struct sync *sync);
void publish_walk_end(struct sync *sync, const char *fence_after, bool again, bool unchanged);
struct mark {
	const char *event, *cause, *next_step, *into;
	const char *category;  /* NULL: none */
	int64_t until_wall_ms; /* 0: it does not wait for a time */
	bool needs_auth;
};
/* A mark of a running sync, keyed to the category's partition. */
void publish_mark(struct sync *sync, enum category category, const struct mark *mark);
/* A mark or reject about a job, which is finished when Kafka has it. */
void publish_job_mark(struct fetcher *fetcher, const struct job *job, const struct mark *mark);
/* A job of the background that came among those of people goes to its own topic. */
void publish_job_moved(struct fetcher *fetcher, const struct job *job);
/* lease: sync and account as far as the job told them, else "". */
void publish_job_reject(struct fetcher *fetcher, const struct kafka_message *job, const struct lease *lease,
                        const char *reason, const char *text);
/* The started marks of a sync; the job is finished when Kafka has all of them. now_ms: by Postgres' clock, as requests are dated:
 * by a fetcher's own, if it is ahead, requests that come later would be taken for answered. */
void publish_started(struct sync *sync, const struct job *job, int64_t now_ms);
/* For kafka_out_open. */
void publish_delivered(void *context, void *token, const struct err *err);

/* ---- pressure.c ---- */
/* Looks at the backlog of the parsers and writers now and then, and sets fetcher->paused. */
void pressure_check(struct fetcher *fetcher);
/* Messages that parsers and writers have not finished. RETRY: Kafka does not tell in time. */
int pressure_backlog(struct fetcher *fetcher, int64_t *messages, struct err *err) MUST_USE;

#endif
