/* A sync's access token: refreshed before it ends, or when it was refused, between two requests of the walk.
 *
 * The request goes through the sync's own transfer. What it gave is stored before it is used, and before the sync may end:
 * a refresh token that was replaced and not stored would cost a person a sign-in (fetcher/token.h). */
#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "fetcher/fetcher_internal.h"
#include "fetcher/token.h"

enum { LOOK_AGAIN_MS = 500 };

static struct token_places places_of(const struct sync *sync)
{
	const struct fetcher *fetcher = sync->fetcher;
	return (struct token_places){fetcher->redis, fetcher->pg, fetcher->vault, fetcher->settings};
}

static void end(struct sync *sync)
{
	const struct token_places places = places_of(sync);
	token_end(&places, sync->token);
	sync->refresh = REFRESH_IDLE;
}

static void fail(struct sync *sync, const struct err *err)
{
	struct verdict verdict = {.outcome = err->class == ERR_RETRY ? OUTCOME_RETRY : OUTCOME_OPERATOR,
	                          .retry_after_ms = -1,
	                          .next_step = "mend this, then: syncline sync NAME"};
	snprintf(verdict.cause, sizeof verdict.cause, "%.390s", err->text);
	sync_handle_token_failure(sync, &verdict);
}

static void send_refresh(struct sync *sync)
{
	struct oauth_request *request = calloc(1, sizeof *request);
	char header[sizeof request->authorization + 32] = "";
	struct err err;
	if (!request) {
		end(sync);
		sync->wake_ms = clock_ms() + LOOK_AGAIN_MS;
		return;
	}
	oauth_refresh(sync->account.url, sync->session.credentials, request);
	if (*request->authorization)
		snprintf(header, sizeof header, "Authorization: %s\n", request->authorization);
	const struct asking asking = {request->url, request->form, header, true};
	if (transfer_start(sync->transfer, &asking, &err) == 0) {
		sync->requesting = true;
		sync->refresh = REFRESH_ASKED;
	} else {
		end(sync);
		fail(sync, &err);
	}
	vault_wipe(header, sizeof header);
	oauth_request_wipe(request);
	free(request);
}

static void begin(struct sync *sync)
{
	const struct token_places places = places_of(sync);
	enum token_step step;
	struct err err;
	if (token_begin(&places, &sync->account, sync->session.credentials, clock_wall_ms(), sync->token, &step, &err)) {
		if (err.class == ERR_RETRY)
			sync->wake_ms = clock_ms() + LOOK_AGAIN_MS;
		else
			fail(sync, &err);
	} else if (step == TOKEN_BUSY) {
		sync->wake_ms = clock_ms() + sync->token->wait_ms;
	} else if (step == TOKEN_GRANTED) {
		send_refresh(sync);
	} else {
		sync->token_refused = false;
	}
}

bool refresh_save(struct sync *sync)
{
	const struct token_places places = places_of(sync);
	enum token_step step;
	struct err err;
	if (sync->refresh != REFRESH_TAKEN)
		return sync->refresh == REFRESH_IDLE;
	if (token_save(&places, sync->token, sync->session.credentials, &step, &err) == 0) {
		log_info("token refreshed", "account=%s%s", sync->account.name,
		         step == TOKEN_OVERTAKEN ? ": somebody signed in again meanwhile" : "");
		sync->token_refused = false;
		sync->token_new = step == TOKEN_SAVED;
		end(sync);
		return true;
	}
	if (err.class == ERR_RETRY) {
		log_warn("token not stored yet", "account=%s: %s", sync->account.name, err.text);
		sync->wake_ms = clock_ms() + LOOK_AGAIN_MS;
		return false;
	}
	end(sync);
	fail(sync, &err);
	return true;
}

/* What is made here, without asking anybody. */
static bool prepare(struct sync *sync)
{
	const struct provider *provider = sync->session.provider;
	struct err err;
	if (!provider->prepare || provider->prepare(&sync->session, clock_wall_ms(), &err) == 0)
		return true;
	fail(sync, &err);
	return false;
}

/* A new one is to be used before it is renewed, however short it lives. */
static bool is_due(const struct sync *sync)
{
	const struct credentials *credentials = sync->session.credentials;
	int64_t now_ms = clock_wall_ms();
	return token_due(credentials, now_ms) && (!sync->token_new || credentials->expires_at <= now_ms);
}

bool refresh_ready(struct sync *sync)
{
	if (!sync->token)
		return prepare(sync);
	if (sync->refresh == REFRESH_TAKEN && !refresh_save(sync))
		return false;
	if (sync->stage == STAGE_ENDING || sync->abandoned)
		return true;
	if (!sync->token_refused && !is_due(sync))
		return true;
	if (sync_paused(sync))
		return false;
	begin(sync);
	return !sync->token_refused && !sync->requesting && clock_ms() >= sync->wake_ms && !is_due(sync);
}

void refresh_answer(struct sync *sync, const struct answer *answer)
{
	const struct token_places places = places_of(sync);
	struct verdict verdict;
	token_take(&places, sync->token, answer, clock_wall_ms(), sync->session.credentials, &verdict);
	if (verdict.outcome == OUTCOME_OK) {
		CRASH_POINT("fetcher: a token is answered, not kept");
		sync->refresh = REFRESH_TAKEN;
		sync->retries = 0;
		return;
	}
	end(sync);
	if (!sync->abandoned)
		sync_handle_token_failure(sync, &verdict);
}

bool refresh_refused(struct sync *sync)
{
	/* A token that is new and refused is not mended by another one, but one that may have ended on its way is, once. */
	bool may_have_ended = token_due(sync->session.credentials, clock_wall_ms()) && !sync->token_ended;
	if (!sync->token || (sync->token_new && !may_have_ended))
		return false;
	sync->token_ended = sync->token_new;
	sync->token_refused = true;
	return true;
}
