/* libcurl's multi interface. */
#include "console/webhook_post.h"

#include <assert.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/text.h"
#include "common/version.h"
#include "console/limits.h"
#include "console/public_address.h"
#include "ctl/figure.h"

struct post {
	CURL *easy; /* NULL: free */
	struct curl_slist *headers;
	void *owner;
	bool internal, refused; /* refused: an address was none that may be connected to */
	size_t received;
	char error[CURL_ERROR_SIZE];
};

struct posts {
	CURLM *multi;
	int64_t timeout_ms;
	int count;
	struct post at[POSTS_MAX];
};

int posts_open(int64_t timeout_ms, struct posts **ret, struct err *err)
{
	struct posts *posts = calloc(1, sizeof *posts);
	if (posts && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		posts->multi = curl_multi_init();
	if (!posts || !posts->multi) {
		free(posts);
		return err_set(err, ERR_FATAL, 0, "libcurl could not start");
	}
	posts->timeout_ms = timeout_ms;
	*ret = posts;
	return 0;
}

static void forget(struct posts *posts, struct post *post)
{
	curl_multi_remove_handle(posts->multi, post->easy);
	curl_easy_cleanup(post->easy);
	curl_slist_free_all(post->headers);
	*post = (struct post){0};
	posts->count--;
}

void posts_close(struct posts **ptr)
{
	struct posts *posts = *ptr;
	if (!posts)
		return;
	while (posts_break_off(posts))
		;
	curl_multi_cleanup(posts->multi);
	free(posts);
	*ptr = NULL;
}

/* ---- start ---- */

/* Called for each address that is tried. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct post *post = context;
	(void)purpose;
	if (!post->internal && !public_address(&address->addr)) {
		post->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Header or body: the status says it all. What is read more is only so that a short answer ends in order. */
static size_t on_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct post *post = context;
	(void)bytes;
	post->received += size * count;
	return post->received > LIMIT_WEBHOOK_ANSWER ? 0 : size * count;
}

static bool add_headers(struct post *post, const char *lines)
{
	char line[512];
	bool fits = true;
	while (fits && *lines) {
		size_t len = strcspn(lines, "\n");
		fits = span_copy((struct span){lines, len}, line, sizeof line);
		struct curl_slist *grown = fits ? curl_slist_append(post->headers, line) : NULL;
		fits = grown != NULL;
		post->headers = grown ? grown : post->headers;
		lines += len + (lines[len] == '\n');
	}
	return fits;
}

static bool set_options(const struct posts *posts, struct post *post, const struct posting *posting)
{
	CURL *easy = post->easy;
	return curl_easy_setopt(easy, CURLOPT_PRIVATE, post) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_URL, posting->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, posting->internal ? "http,https" : "https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       /* A proxy of the environment would connect on our behalf, to whatever it likes. */
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, post) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, post) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, post) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, post->error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       /* Or the end of a post waits for its name server; the thread that asks it clears up behind itself. */
	       curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "syncline/" SYNCLINE_VERSION) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)posts->timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)posting->body.len) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, posting->body.at) == CURLE_OK;
}

int posts_start(struct posts *posts, const struct posting *posting, void *owner, struct err *err)
{
	struct post *post = posts->at;
	assert(owner && posts->count < POSTS_MAX);
	while (post->easy)
		post++;
	*post = (struct post){.easy = curl_easy_init(), .owner = owner, .internal = posting->internal};
	if (!post->easy)
		return err_set(err, ERR_FATAL, 0, "no memory for a webhook's request");
	posts->count++;
	if (!add_headers(post, "Content-Type: application/json\nExpect:\n") || !add_headers(post, posting->headers) ||
	    !set_options(posts, post, posting) || curl_multi_add_handle(posts->multi, post->easy) != CURLM_OK) {
		forget(posts, post);
		return err_set(err, ERR_FATAL, 0, "libcurl refused a webhook's request, or there is no memory for it");
	}
	return 0;
}

void posts_wait(struct posts *posts, int timeout_ms)
{
	int running;
	curl_multi_perform(posts->multi, &running);
	curl_multi_poll(posts->multi, NULL, 0, running < posts->count ? 0 : timeout_ms, NULL);
	curl_multi_perform(posts->multi, &running);
}

/* ---- end ---- */

static void explain(const struct posts *posts, const struct post *post, CURLcode code, struct post_end *end)
{
	char time[FIGURE_TEXT];
	if (end->status >= 300 && end->status < 400)
		snprintf(end->error, sizeof end->error,
		         "the receiver answered %d, which leads elsewhere, and nothing is followed: give the address that it leads to",
		         end->status);
	else if (end->status)
		snprintf(end->error, sizeof end->error, "the receiver answered %d", end->status);
	else if (post->refused)
		snprintf(end->error, sizeof end->error,
		         "its name leads into an internal network, which is refused unless it was added on the terminal with "
		         "--allow-internal");
	else if (code == CURLE_OPERATION_TIMEDOUT)
		snprintf(end->error, sizeof end->error, "no answer within %s", figure_span(posts->timeout_ms, time));
	else
		snprintf(end->error, sizeof end->error, "%.250s", *post->error ? post->error : curl_easy_strerror(code));
	text_mend(end->error, sizeof end->error - 1);
}

static void judge(const struct posts *posts, const struct post *post, CURLcode code, struct post_end *end)
{
	long status = 0;
	curl_off_t took_us = 0;
	curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(post->easy, CURLINFO_TOTAL_TIME_T, &took_us);
	*end = (struct post_end){.status = (int)status, .took_ms = (int)(took_us / 1000)};
	end->delivered = status >= 200 && status < 300;
	if (!end->delivered)
		explain(posts, post, code, end);
}

void *posts_finished(struct posts *posts, struct post_end *end)
{
	const CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(posts->multi, &left))) {
		struct post *post = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &post);
		void *owner = post->owner;
		judge(posts, post, message->data.result, end);
		forget(posts, post);
		return owner;
	}
	return NULL;
}

void *posts_break_off(struct posts *posts)
{
	for (struct post *post = posts->at; post < posts->at + POSTS_MAX; post++) {
		if (!post->easy)
			continue;
		void *owner = post->owner;
		forget(posts, post);
		return owner;
	}
	return NULL;
}

int posts_count(const struct posts *posts)
{
	return posts->count;
}
