/* Whole answers of HTTP servers: header lines, then what the answer means to each provider (outcome_judge). Input: provider,
 * request, two bytes of status, flags; header lines up to an empty one; the body. Holds: every answer gets one verdict with a
 * sentence that can be shown, a pause of at most a day, and a document exactly when it is good. */
#include "tests/fuzz/fuzz.h"

#include "fetcher/outcome.h"
#include "tests/fuzz/requests.h"

enum { NO_ANSWER = 1, TOO_LARGE = 2 };

static void check_answer(const struct answer *answer)
{
	struct verdict verdict = {.retry_after_ms = -1};
	outcome_take_pause(answer, 1764420000000, &verdict);
	assert(verdict.retry_after_ms >= -1 && verdict.retry_after_ms <= LIMIT_PAUSE_MS && answer->total >= -1);
	assert(strlen(answer->content_type) < sizeof answer->content_type);
	assert(strlen(answer->location) < sizeof answer->location);
	assert(strlen(answer->encoding) < sizeof answer->encoding);
}

static void check_verdict(const struct verdict *verdict, const yyjson_doc *doc)
{
	assert(verdict->outcome <= OUTCOME_OPERATOR);
	assert((verdict->outcome == OUTCOME_OK || verdict->outcome == OUTCOME_EMPTY) || *verdict->cause);
	assert(verdict->outcome != OUTCOME_OK || doc);
	assert(verdict->outcome == OUTCOME_OK || !doc);
	assert(verdict->retry_after_ms >= -1 && verdict->retry_after_ms <= LIMIT_PAUSE_MS);
	fuzz_check_text(span_of(verdict->cause), sizeof verdict->cause - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), line;
	const struct provider *provider = requests_provider(fuzz_byte(&input));
	const struct request *request = requests_of(provider, fuzz_byte(&input));
	struct answer answer = {.total = -1, .status = 100 + fuzz_byte(&input) * 2 + fuzz_byte(&input) % 2};
	unsigned flags = fuzz_byte(&input);
	struct verdict verdict;
	yyjson_doc *doc = NULL;
	struct buf scratch;
	if (flags & NO_ANSWER)
		answer.code = (CURLcode)(flags >> 2);
	answer.too_large = answer.code != CURLE_OK && flags & TOO_LARGE;
	while ((line = fuzz_line(&input)).len) {
		struct span exact = fuzz_exact(line);
		answer_take_header(&answer, exact);
		free((void *)(uintptr_t)exact.at);
	}
	check_answer(&answer);
	answer.body = fuzz_exact(input);
	buf_init(&scratch, LIMIT_BODY_BYTES);
	outcome_judge(&(struct session){.provider = provider}, request, &answer, &scratch, &verdict, &doc);
	check_verdict(&verdict, doc);
	yyjson_doc_free(doc);
	buf_done(&scratch);
	free((void *)(uintptr_t)answer.body.at);
	return 0;
}
