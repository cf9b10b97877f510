/* Classification of answers, as tables. */
#include "fetcher/outcome.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/inflate.h"
#include "common/json.h"
#include "common/text.h"
#include "fetcher/secrets.h"

static void PRINTF_LIKE(4, 5)
	set(struct verdict *verdict, enum outcome outcome, const char *next_step, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(verdict->cause, sizeof verdict->cause, format, args);
	va_end(args);
	verdict->outcome = outcome;
	verdict->next_step = next_step;
}

enum { KEPT_SCRATCH_BYTES = 1024 * 1024 };

static const char try_again[] = "when the server answers: syncline sync NAME",
				  own_address[] = "check that the address is the server's own, not a page in front of it";

/* Of a list without pages the server gives less only where it has less to give. */
static void find_too_large(const struct request *request, const char *cause, struct verdict *verdict)
{
	const char *step =
		!request->list ? own_address
		: request->paging != PAGING_NONE
			? "lower page_size"
			: "the server gives this list in one answer: let the user see fewer libraries there, and the rest "
			  "as another account";
	set(verdict, OUTCOME_SMALLER_PAGE, step, "%s", cause);
}

static void judge_transport(const struct request *request, const struct answer *answer, struct verdict *verdict)
{
	if (answer->too_large) {
		char cause[100];
		snprintf(cause, sizeof cause, "the answer is larger than the %d MiB that are read, %d MiB when compressed",
		         LIMIT_UNPACKED_BYTES >> 20, LIMIT_BODY_BYTES >> 20);
		find_too_large(request, cause, verdict);
		return;
	}
	if (answer->no_memory) {
		set(verdict, OUTCOME_RETRY, try_again, "no memory for the answer");
		return;
	}
	const char *error = *answer->error ? answer->error : curl_easy_strerror(answer->code);
	bool slow = answer->code == CURLE_OPERATION_TIMEDOUT;
	switch (answer->code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		set(verdict, OUTCOME_OPERATOR, "check the account's address and the server's certificate", "%s", error);
		return;
	default:
		if (slow && answer->unreached) /* a smaller page would be no nearer */
			set(verdict, OUTCOME_RETRY, try_again, "the server could not be reached in time: %.200s", error);
		else
			set(verdict, slow ? OUTCOME_TOO_SLOW : OUTCOME_RETRY, try_again, "the server did not answer: %.200s",
			    error);
	}
}

static const struct {
	long from, to;
	enum outcome outcome;
	const char *cause, *next_step;
} statuses[] = {
	{401, 401, OUTCOME_NEEDS_AUTH, "the credentials were refused",
     "check user and password; a proxy before the server may want its own"},
	{403, 403, OUTCOME_FORBIDDEN, "access was refused", "give this user the right on the server"},
	{404, 404, OUTCOME_UNSUPPORTED, "the server does not know this address", "check the account's address"},
	{410, 410, OUTCOME_UNSUPPORTED, "the server no longer offers this", "check the server's version"},
	{413, 413, OUTCOME_SMALLER_PAGE, "the server finds the request too large", "lower page_size"},
	{429, 429, OUTCOME_THROTTLED, "the server asks for fewer requests", "nothing: the sync goes on by itself"},
	{501, 501, OUTCOME_UNSUPPORTED, "the server does not offer this", "check the server's version"},
	{300, 399, OUTCOME_OPERATOR, "the server sends us elsewhere", "add the account again with the new address"},
	{500, 599, OUTCOME_RETRY, "the server failed", try_again},
};

static bool judge_status(const struct answer *answer, struct verdict *verdict)
{
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		if (answer->status < statuses[i].from || answer->status > statuses[i].to)
			continue;
		bool moved = statuses[i].outcome == OUTCOME_OPERATOR && *answer->location;
		/* The new address may carry parameters; only what stands before them is shown. */
		int shown = (int)strcspn(answer->location, "?#");
		set(verdict, statuses[i].outcome, statuses[i].next_step, "%s (HTTP %ld%s%.*s)", statuses[i].cause,
		    answer->status, moved ? " to " : "", moved ? shown : 0, answer->location);
		/* 503 with Retry-After is a pause, not a failure. */
		outcome_take_pause(answer, clock_wall_ms(), verdict);
		if (answer->status == 503 && verdict->retry_after_ms > 0)
			verdict->outcome = OUTCOME_THROTTLED;
		return true;
	}
	return false;
}

/* Loosely: a name that is not UTF-8 is the parser's affair, not a reason to ask again. */
static int read_body(struct span plain, yyjson_doc **doc, struct err *err)
{
	struct buf mended;
	bool clean;
	buf_init(&mended, LIMIT_UNPACKED_BYTES);
	int result = json_read_loose(plain, &mended, doc, &clean, err);
	buf_done(&mended);
	return result;
}

static bool fits(const struct error_rule *rule, const struct request *request, const struct answer *answer,
                 const char *code, const char *message)
{
	long status = answer->status;
	bool child = request->path && strstr(request->path, "{id}");
	if (status < rule->from || status > rule->to || (rule->asked == ASKED_CHILD && !child) ||
	    (rule->asked == ASKED_LIST && child))
		return false;
	if (rule->code && strcmp(rule->code, OWN_CODE) == 0)
		return *code || answer->body.len == 0;
	bool number = rule->code && *rule->code >= '0' && *rule->code <= '9'; /* any message may hold one */
	return !rule->code || strcmp(rule->code, code) == 0 || (!number && strstr(message, rule->code));
}

/* How a provider says that it went: in its envelope, or by HTTP. */
enum word { WORD_NONE, WORD_GOOD, WORD_BAD };

static enum word word_of(const struct provider *provider, const struct answer *answer, yyjson_val *root)
{
	bool good = answer->status >= 200 && answer->status < 300;
	if (!provider->status)
		return !good ? WORD_BAD : yyjson_is_obj(root) ? WORD_GOOD : WORD_NONE;
	yyjson_val *word = json_path(root, provider->status);
	return yyjson_equals_str(word, provider->status_good)  ? WORD_GOOD
	       : yyjson_equals_str(word, provider->status_bad) ? WORD_BAD
	                                                       : WORD_NONE;
}

static void tell(const struct error_rule *rule, const struct request *request, const struct answer *answer,
                 const char *code, const char *message, struct verdict *verdict)
{
	bool has_step = rule->outcome == OUTCOME_FORBIDDEN && request->refused_step;
	const char *next_step = has_step ? request->refused_step : rule->next_step;
	if (rule->cause)
		set(verdict, rule->outcome, next_step, "%s (HTTP %ld%s%.200s)", rule->cause, answer->status,
		    message ? ": " : "", message ? message : "");
	else
		set(verdict, rule->outcome, next_step, "the server said: %.200s (code %s)", message ? message : "no reason",
		    *code ? code : "0");
}

/* By the provider's table. false: it says nothing about this answer. */
static bool judge_errors(const struct provider *provider, const struct request *request, const struct answer *answer,
                         yyjson_val *root, struct verdict *verdict)
{
	char scratch[JSON_NUMBER_TEXT], code[64];
	const char *message = yyjson_get_str(json_path(root, provider->error_message));
	enum word word = word_of(provider, answer, root);
	verdict->outcome = OUTCOME_OK;
	if (word != WORD_BAD)
		return word == WORD_GOOD;
	if (!span_copy(json_text(json_path(root, provider->error_code), scratch), code, sizeof code))
		code[0] = '\0'; /* as if there were none */
	for (const struct error_rule *rule = provider->errors; rule->from; rule++) {
		if (!fits(rule, request, answer, code, message ? message : ""))
			continue;
		tell(rule, request, answer, code, message, verdict);
		if (rule->wait_ms)
			verdict->retry_after_ms = rule->wait_ms;
		outcome_take_pause(answer, clock_wall_ms(), verdict);
		return true;
	}
	return false;
}

static void judge_body(const struct provider *provider, const struct request *request, const struct answer *answer,
                       struct buf *scratch, struct verdict *verdict, yyjson_doc **ret)
{
	struct err err = {0};
	struct span plain;
	yyjson_doc *doc = NULL;
	bool parsed = inflate_body(span_of(answer->encoding), answer->body, scratch, &plain, &err) == 0 &&
	              read_body(plain, &doc, &err) == 0;
	buf_reset(scratch, KEPT_SCRATCH_BYTES); /* the document has a copy */
	/* Some errors come without a body. */
	if (judge_errors(provider, request, answer, yyjson_doc_get_root(doc), verdict)) {
		verdict->said_by_server = true;
		if (verdict->outcome == OUTCOME_OK) {
			*ret = doc;
			return;
		}
		/* supysonic: an unknown method is 404 with a well-formed "failed", code 0. */
		if (provider->status && verdict->outcome == OUTCOME_RETRY && answer->status == 404)
			verdict->outcome = OUTCOME_UNSUPPORTED;
		/* A pause that is asked for by the status and Retry-After is one, whatever excuse the body makes. */
		if (verdict->outcome == OUTCOME_RETRY && (answer->status == 429 || answer->status == 503))
			IGNORE(judge_status(answer, verdict)); /* both are in its table */
	} else if (!parsed && err.code == EFBIG) {
		find_too_large(request, err.text, verdict);
	} else if (!parsed && err.class == ERR_RETRY) {
		set(verdict, OUTCOME_RETRY, try_again, "%s", err.text);
	} else if (!judge_status(answer, verdict)) {
		/* 200 without the provider's envelope: a login page, a proxy's excuse, half a body. Trying again may help. */
		set(verdict, OUTCOME_RETRY, own_address, "HTTP %ld, but not an answer of this provider: %.250s", answer->status,
		    parsed ? "JSON without its envelope" : err.text);
	}
	yyjson_doc_free(doc);
}

void outcome_judge(const struct session *session, const struct request *request, const struct answer *answer,
                   struct buf *scratch, struct verdict *verdict, yyjson_doc **doc)
{
	*doc = NULL;
	*verdict = (struct verdict){.retry_after_ms = -1, .next_step = try_again, .status = answer->status};
	if (answer->code == CURLE_OK)
		judge_body(session->provider, request, answer, scratch, verdict, doc);
	else
		judge_transport(request, answer, verdict);
	/* It quotes servers: some repeat what they were sent, and a message that is not UTF-8 would be read by nobody. */
	secrets_hide(verdict->cause, session->account, session->credentials);
	text_mend(verdict->cause, sizeof verdict->cause - 1);
}

const char *outcome_step_of(const char *next_step, const char *account, char text[OUTCOME_STEP])
{
	const char *name = next_step ? strstr(next_step, "NAME") : NULL;
	if (name)
		snprintf(text, OUTCOME_STEP, "%.*s%s%s", (int)(name - next_step), next_step, account, name + strlen("NAME"));
	else
		snprintf(text, OUTCOME_STEP, "%s", next_step ? next_step : "");
	return text;
}

/* Negative: absent or unreadable. Cut to a year, far from where milliseconds would overflow. */
static int64_t read_pause_ms(const struct answer *answer, int64_t now_wall_ms)
{
	const int64_t year_ms = 366LL * 24 * 3600 * 1000;
	const char *text = answer->retry_after;
	char *end;
	long long seconds = strtoll(text, &end, 10);
	int64_t wait_ms;
	if (end != text && *end == '\0') {
		wait_ms = seconds > year_ms / 1000 ? year_ms : seconds < 0 ? 0 : seconds * 1000;
	} else {
		time_t date = *text ? curl_getdate(text, NULL) : -1;
		if (date < 0)
			return -1;
		time_t said = *answer->date ? curl_getdate(answer->date, NULL) : -1;
		wait_ms = (int64_t)date * 1000 - (said < 0 ? now_wall_ms : (int64_t)said * 1000);
	}
	return wait_ms < 0 ? 0 : wait_ms < year_ms ? wait_ms : year_ms;
}

void outcome_take_pause(const struct answer *answer, int64_t now_wall_ms, struct verdict *verdict)
{
	const int64_t hour_ms = 3600LL * 1000, told_ms = read_pause_ms(answer, now_wall_ms);
	size_t used = strlen(verdict->cause);
	if (told_ms < 0)
		return;
	verdict->retry_after_ms = told_ms < LIMIT_PAUSE_MS ? told_ms : LIMIT_PAUSE_MS;
	if (told_ms > LIMIT_PAUSE_MS)
		snprintf(verdict->cause + used, sizeof verdict->cause - used,
		         "; it asks for a pause of %lld hours and is asked again after %lld", (long long)(told_ms / hour_ms),
		         (long long)(LIMIT_PAUSE_MS / hour_ms));
}
