/* libcurl's multi interface. Bodies stay compressed: what is published is what was received, but for plain ones that are larger
 * than a message. */
#include "fetcher/transfer.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/crash.h"
#include "common/inflate.h"
#include "common/vault.h"
#include "fetcher/pack.h"

enum { MAX_EXTRA_FDS = 4, KEPT_BODY_BYTES = 512 * 1024 };

struct transfer_set {
	CURLM *multi;
	int64_t request_timeout_ms, connect_timeout_ms;
	int active; /* begun and not yet handed out by transfer_finished */
};

struct transfer {
	struct transfer_set *set;
	CURL *easy;
	struct curl_slist *headers;
	void *owner;
	struct buf body;
	struct pack pack; /* begun: body is its stream */
	struct answer answer;
	bool active;
};

int transfer_set_open(const struct settings *settings, struct transfer_set **ret, struct err *err)
{
	struct transfer_set *set = calloc(1, sizeof *set);
	if (set && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		set->multi = curl_multi_init();
	if (!set || !set->multi) {
		free(set);
		return err_set(err, ERR_FATAL, 0, "libcurl could not start");
	}
	set->request_timeout_ms = settings->request_timeout_ms;
	set->connect_timeout_ms = settings->connect_timeout_ms;
	*ret = set;
	return 0;
}

void transfer_set_close(struct transfer_set **set)
{
	if (!*set)
		return;
	curl_multi_cleanup((*set)->multi);
	free(*set);
	*set = NULL;
}

static void take_bytes(struct transfer *transfer, struct span bytes)
{
	struct buf *body = &transfer->body;
	if (!transfer->pack.begun && bytes.len > body->max - body->len &&
	    inflate_is_plain(span_of(transfer->answer.encoding)))
		pack_begin(&transfer->pack, body);
	if (transfer->pack.begun)
		pack_add(&transfer->pack, bytes, body);
	else
		buf_add(body, bytes.at, bytes.len);
}

static void drop_body(struct transfer *transfer)
{
	transfer->answer.no_memory = transfer->body.starved;
	transfer->answer.too_large = !transfer->body.starved;
}

/* Returning less than was given makes libcurl stop with CURLE_WRITE_ERROR. */
static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	take_bytes(transfer, (struct span){bytes, size * count});
	CRASH_POINT("fetcher: in the middle of a body");
	if (buf_ok(&transfer->body) && pack_size(&transfer->pack) <= LIMIT_UNPACKED_BYTES)
		return size * count;
	drop_body(transfer);
	return 0;
}

/* The answer as it travels. */
static void end_body(struct transfer *transfer, CURLcode code)
{
	struct answer *answer = &transfer->answer;
	bool packed = transfer->pack.begun;
	pack_end(&transfer->pack, code == CURLE_OK ? &transfer->body : NULL);
	/* The stream's end may find no room, as any byte before it. */
	if (code == CURLE_OK && !buf_ok(&transfer->body)) {
		drop_body(transfer);
		code = CURLE_WRITE_ERROR;
	}
	answer->code = code;
	answer->body = buf_span(&transfer->body);
	if (packed)
		snprintf(answer->encoding, sizeof answer->encoding, "gzip");
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	answer_take_header(&transfer->answer, (struct span){bytes, size * count});
	return size * count;
}

static void forget_headers(struct transfer *transfer)
{
	for (struct curl_slist *header = transfer->headers; header; header = header->next)
		vault_wipe(header->data, strlen(header->data));
	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
}

static bool add_header(struct transfer *transfer, const char *line)
{
	struct curl_slist *grown = curl_slist_append(transfer->headers, line);
	if (grown)
		transfer->headers = grown;
	return grown != NULL;
}

static bool set_headers(struct transfer *transfer, const char *more)
{
	char line[LIMIT_SECRET + 256];
	forget_headers(transfer);
	bool added = add_header(transfer, "Accept-Encoding: gzip") && add_header(transfer, "Accept: application/json") &&
	             add_header(transfer, "Expect:");
	while (added && *more) {
		size_t len = strcspn(more, "\n");
		added = span_copy((struct span){more, len}, line, sizeof line) && add_header(transfer, line);
		more += len + (more[len] == '\n');
	}
	vault_wipe(line, sizeof line);
	return added && curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

static bool set_options(struct transfer *transfer)
{
	CURL *easy = transfer->easy;
	const struct transfer_set *set = transfer->set;
	return curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->answer.error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       /* Or the end of a transfer waits for its name server; the thread that asks it clears up behind itself. */
	       curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "syncline") == CURLE_OK &&
	       /* Nothing but http and https, and never to another place than the account's server. */
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)set->request_timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)set->connect_timeout_ms) == CURLE_OK;
}

int transfer_open(struct transfer_set *set, void *owner, struct transfer **ret, struct err *err)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);
	if (transfer)
		transfer->easy = curl_easy_init();
	if (!transfer || !transfer->easy) {
		free(transfer);
		return err_set(err, ERR_FATAL, 0, "no memory for a transfer");
	}
	transfer->set = set;
	transfer->owner = owner;
	buf_init(&transfer->body, LIMIT_BODY_BYTES);
	if (!set_options(transfer)) {
		transfer_close(&transfer);
		return err_set(err, ERR_FATAL, 0, "libcurl refused an option; it is too old");
	}
	*ret = transfer;
	return 0;
}

void transfer_close(struct transfer **ptr)
{
	struct transfer *transfer = *ptr;
	if (!transfer)
		return;
	if (transfer->active) {
		curl_multi_remove_handle(transfer->set->multi, transfer->easy);
		transfer->set->active--;
	}
	curl_easy_cleanup(transfer->easy);
	forget_headers(transfer);
	pack_end(&transfer->pack, NULL);
	buf_done(&transfer->body);
	free(transfer);
	*ptr = NULL;
}

/* CURLOPT_URL and CURLOPT_COPYPOSTFIELDS copy their strings. */
static bool set_address(CURL *easy, const struct asking *asking)
{
	const char *url = asking->url, *query = asking->query;
	if (asking->form_post)
		return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
		       curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
		       curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(query)) == CURLE_OK &&
		       curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, query) == CURLE_OK;
	struct buf full;
	buf_init(&full, 3 * (LIMIT_URL + LIMIT_SECRET));
	buf_printf(&full, "%s%s%s", url, *query ? "?" : "", query);
	bool set = curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK && buf_ok(&full) &&
	           curl_easy_setopt(easy, CURLOPT_URL, buf_text(&full)) == CURLE_OK;
	buf_done(&full);
	return set;
}

int transfer_start(struct transfer *transfer, const struct asking *asking, struct err *err)
{
	buf_reset(&transfer->body, KEPT_BODY_BYTES);
	transfer->pack = (struct pack){0};
	transfer->answer = (struct answer){.total = -1};
	if (!set_headers(transfer, asking->headers) || !set_address(transfer->easy, asking))
		return err_set(err, ERR_FATAL, 0, "no memory for a request");
	CURLMcode code = curl_multi_add_handle(transfer->set->multi, transfer->easy);
	if (code != CURLM_OK)
		return err_set(err, ERR_FATAL, code, "libcurl: %s", curl_multi_strerror(code));
	transfer->active = true;
	transfer->set->active++;
	return 0;
}

void transfer_wait(struct transfer_set *set, const int *fds, size_t count, int timeout_ms)
{
	struct curl_waitfd extra[MAX_EXTRA_FDS];
	int running;
	for (size_t i = 0; i < count && i < MAX_EXTRA_FDS; i++)
		extra[i] = (struct curl_waitfd){.fd = fds[i], .events = CURL_WAIT_POLLIN};
	curl_multi_perform(set->multi, &running);
	/* A near server may have answered already; no descriptor would tell. */
	curl_multi_poll(set->multi, extra, (unsigned)count, running < set->active ? 0 : timeout_ms, NULL);
	curl_multi_perform(set->multi, &running);
}

void *transfer_finished(struct transfer_set *set, const struct answer **answer)
{
	int left;
	CURLMsg *message = curl_multi_info_read(set->multi, &left);
	if (!message || message->msg != CURLMSG_DONE)
		return NULL;
	struct transfer *transfer = NULL;
	CURL *easy = message->easy_handle;
	CURLcode code = message->data.result;
	long asked_bytes = 0;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &asked_bytes);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &transfer->answer.status);
	curl_multi_remove_handle(set->multi, easy);
	transfer->answer.unreached = asked_bytes == 0;
	transfer->active = false;
	transfer->set->active--;
	end_body(transfer, code);
	*answer = &transfer->answer;
	return transfer->owner;
}
