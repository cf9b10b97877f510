/* Isolating what is refused. */
#include "writer/split.h"

#include <stdio.h>

#include "common/crash.h"
#include "common/health.h"
#include "common/text.h"

/* Halves until the rows at fault stand alone. Recursion is as deep as the logarithm of a message's rows. */
static int refuse_rows(struct apply *apply, struct input *input, size_t from, size_t to, struct err *err)
{
	health_beat();
	if (from == to || apply_probe(apply, input, from, to, err) == 0)
		return 0;
	if (err->class != ERR_REJECT)
		return -1;
	if (to - from == 1) {
		input_refuse(input, from, err->text);
		return 0;
	}
	size_t middle = from + (to - from) / 2;
	return refuse_rows(apply, input, from, middle, err) || refuse_rows(apply, input, middle, to, err) ? -1 : 0;
}

static int refuse_message(struct apply *apply, struct input *input, const struct applied **applied, struct err *err)
{
	snprintf(input->bad, sizeof input->bad, "the database refused the message: %.250s", err->text);
	text_mend(input->bad, sizeof input->bad - 1); /* may be cut in a character of what it quotes */
	if (apply_run(apply, &input, 1, applied, err) == 0)
		return 0;
	/* Even its reject is refused: that is our own text, so this cannot be the data's fault. */
	if (err->class == ERR_REJECT)
		err->class = ERR_FATAL;
	return err_wrap(err, "recording a refused message: ");
}

static int apply_one(struct apply *apply, struct input *input, const struct applied **applied, struct err *err)
{
	if (apply_run(apply, &input, 1, applied, err) == 0)
		return 0;
	if (err->class != ERR_REJECT)
		return -1;
	if (!*input->bad && input->type == MSG_items) {
		if (refuse_rows(apply, input, 0, input->row_count, err))
			return -1;
		if (apply_run(apply, &input, 1, applied, err) == 0)
			return 0;
		if (err->class != ERR_REJECT)
			return -1;
	}
	return refuse_message(apply, input, applied, err);
}

int split_run(struct apply *apply, struct input **inputs, size_t count, split_applied *on_applied, void *context,
              struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct applied *applied = NULL;
		if (apply_one(apply, inputs[i], &applied, err))
			return -1;
		CRASH_POINT("writer: one of a refused batch is written");
		on_applied(context, applied);
	}
	return 0;
}
