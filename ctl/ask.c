/* libcurl's easy interface, as careful as the fetcher's transfers: no redirects, http and https only, capped. */
#include "ctl/ask.h"

#include "common/vault.h"

enum { BODY_MAX = 256 * 1024 };

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct ask *ask = context;
	buf_add(&ask->body, bytes, size * count);
	return buf_ok(&ask->body) ? size * count : 0;
}

static bool set_options(CURL *easy, const struct settings *settings, struct ask *ask, struct curl_slist *headers)
{
	return (!ask->form || curl_easy_setopt(easy, CURLOPT_POSTFIELDS, ask->form) == CURLE_OK) &&
	       curl_easy_setopt(easy, CURLOPT_URL, ask->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, ask) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, ask->answer.error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "syncline") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)settings->request_timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms) == CURLE_OK;
}

/* The token endpoint's pause matters to people, too. */
static void read_retry_after(CURL *easy, struct answer *answer)
{
	curl_off_t seconds = 0;
	if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
		snprintf(answer->retry_after, sizeof answer->retry_after, "%lld", (long long)seconds);
}

int ask_run(const struct settings *settings, struct ask *ask, struct err *err)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
	CURL *easy = curl_easy_init();
	ask->answer = (struct answer){.total = -1};
	buf_init(&ask->body, BODY_MAX);
	for (int i = 0; i < ASK_HEADERS && ask->headers[i]; i++)
		headers = curl_slist_append(headers, ask->headers[i]);
	bool ready = easy && headers && set_options(easy, settings, ask, headers);
	if (ready) {
		ask->answer.code = curl_easy_perform(easy);
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ask->answer.status);
		read_retry_after(easy, &ask->answer);
		ask->answer.body = buf_span(&ask->body);
	}
	for (struct curl_slist *line = headers; line; line = line->next)
		vault_wipe(line->data, strlen(line->data));
	curl_slist_free_all(headers);
	curl_easy_cleanup(easy);
	return ready ? 0 : err_set(err, ERR_FATAL, 0, "libcurl could not start");
}

void ask_done(struct ask *ask)
{
	vault_wipe(ask->body.at, ask->body.cap);
	buf_done(&ask->body);
}
