/* The steps of a token's refresh, one after another. */
#include "ctl/refresh.h"

#include <stdio.h>
#include <time.h>

#include "common/clock.h"
#include "ctl/ask.h"
#include "fetcher/provider.h"
#include "fetcher/token.h"

enum { PATIENCE_MS = 20 * 1000 };

/* One refresh of one command. */
struct refresh {
	struct token_places at;
	struct account *account;
	struct credentials credentials;
	struct token token;
	struct oauth_request request;
};

static int ask_provider(struct refresh *refresh, struct verdict *verdict, struct err *err)
{
	char header[sizeof refresh->request.authorization + 32] = "";
	struct oauth_request *request = &refresh->request;
	struct ask ask;
	oauth_refresh(refresh->account->url, &refresh->credentials, request);
	if (*request->authorization)
		snprintf(header, sizeof header, "Authorization: %s\n", request->authorization);
	const struct asking asking = {request->url, request->form, header, true};
	int result = ask_run(refresh->at.settings, &asking, &ask, err);
	if (result == 0)
		token_take(&refresh->at, &refresh->token, ask.answer, clock_wall_ms(), &refresh->credentials, verdict);
	ask_done(&ask);
	vault_wipe(header, sizeof header);
	return result;
}

static int renew(struct refresh *refresh, struct err *err)
{
	struct verdict verdict;
	enum token_step step;
	if (ask_provider(refresh, &verdict, err))
		return -1;
	bool later = verdict.outcome == OUTCOME_RETRY || verdict.outcome == OUTCOME_THROTTLED;
	if (verdict.outcome != OUTCOME_OK)
		return err_set(err, later ? ERR_RETRY : ERR_CONFIG, 0, "%s; %s", verdict.cause, verdict.next_step);
	return token_save(&refresh->at, &refresh->token, &refresh->credentials, &step, err);
}

static int begin(struct refresh *refresh, enum token_step *step, struct err *err)
{
	int64_t deadline_ms = clock_ms() + PATIENCE_MS;
	for (;;) {
		if (token_begin(&refresh->at, refresh->account, &refresh->credentials, clock_wall_ms(), &refresh->token, step,
		                err))
			return -1;
		if (*step != TOKEN_BUSY)
			return 0;
		if (clock_ms() > deadline_ms)
			return err_set(err, ERR_RETRY, 0, "a worker has been renewing the token of this account for %d s",
			               PATIENCE_MS / 1000);
		struct timespec pause = {.tv_nsec = refresh->token.wait_ms * 1000 * 1000};
		nanosleep(&pause, NULL);
	}
}

static int run(struct refresh *refresh, struct err *err)
{
	enum token_step step;
	if (begin(refresh, &step, err))
		return -1;
	int result = step == TOKEN_GRANTED ? renew(refresh, err) : 0;
	token_end(&refresh->at, &refresh->token);
	return result ? -1 : credentials_text(&refresh->credentials, refresh->account->secret, err);
}

static int refresh_account(struct ctl *ctl, const struct vault *vault, struct account *account, struct err *err)
{
	static struct refresh refresh;
	struct redis *redis = NULL;
	refresh = (struct refresh){.account = account};
	int result = credentials_parse(account->provider, account->secret, &refresh.credentials, err);
	if (result == 0 && token_due(&refresh.credentials, clock_wall_ms())) {
		result = redis_open(ctl->settings.redis, &redis, err);
		refresh.at = (struct token_places){redis, ctl->pg, vault, &ctl->settings};
		if (result == 0)
			result = run(&refresh, err);
	}
	redis_close(&redis);
	vault_wipe(&refresh, sizeof refresh);
	return result;
}

int refresh_load(struct ctl *ctl, const struct vault *vault, const char *name, struct account *account, struct err *err)
{
	if (account_load(ctl->pg, vault, name, account, err))
		return -1;
	const struct provider *provider = provider_find(account->provider);
	return provider && provider->uses_oauth ? refresh_account(ctl, vault, account, err) : 0;
}
