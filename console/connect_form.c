/* Inputs as a table. */
#include "console/connect_form.h"

#include <stddef.h>
#include <stdio.h>

#include "console/field.h"
#include "console/layout.h"

/* clang-format off */
enum { NEW = 1, AGAIN = 2, BOTH = NEW | AGAIN };
static const struct input {
	const char *name, *label, *type, *hint, *attributes;
	size_t at;  /* of its text in struct sign_in; 0: not there */
	bool secret;
	int of;     /* a new account, one to be signed in again */
} inputs[] = {
#define AT(member) offsetof(struct sign_in, member)
	{"name", "Name of the account", NULL, "How Syncline calls it: a-z, 0-9, dots and dashes. It cannot be changed.",
	 "required maxlength=\"63\" autocomplete=\"off\" autocapitalize=\"none\"", 0, false, NEW},
	{"url", "Address", "url", "As a browser reaches it, without /rest or /web.", "required", AT(url), false, NEW},
	{"user", "User name", NULL, NULL, "autocomplete=\"off\" autocapitalize=\"none\"", AT(user), false, BOTH},
	{"auth", "Sign in by", "select", NULL, NULL, AT(auth), false, BOTH},
	{"password", "Password or API key", "password", "Sealed before it is stored, and never shown again.",
	 "required autocomplete=\"new-password\"", AT(password), true, BOTH},
	{"client-id", "Client id", NULL, "Of the app that you make at Spotify, once for all accounts.",
	 "autocomplete=\"off\"", AT(client_id), false, BOTH},
	{"client-secret", "Client secret", "password", "Not needed; empty is good.",
	 "autocomplete=\"off\"", AT(client_secret), true, BOTH},
	{"team-id", "Team id", NULL, "Stands under Membership.", "autocomplete=\"off\"", AT(team_id), false, BOTH},
	{"key-id", "Key id", NULL, "Of the key for Media Services.", "autocomplete=\"off\"", AT(key_id), false, BOTH},
	{"key-file", "Key file", "textarea",
	 "What stands in AuthKey_KEYID.p8. Sealed before it is stored, and never shown again.",
	 "autocomplete=\"off\"", AT(private_key), true, BOTH},
	{"developer-token-file", "Developer token", "password", "In place of a key, if it is signed elsewhere.",
	 "autocomplete=\"off\"", AT(developer_token), true, BOTH},
	{"user-token-file", "User token", "password", "Given by MusicKit when the user agrees. It holds about 180 days.",
	 "autocomplete=\"off\"", AT(user_token), true, BOTH},
#undef AT
};
/* clang-format on */

static const char *typed(const struct visit *visit, const char *name)
{
	return http_value(&visit->request->form, name);
}

void connect_form_read(const struct visit *visit, struct sign_in *sign_in)
{
	for (size_t i = 0; i < COUNT_OF(inputs); i++) {
		const char *value = typed(visit, inputs[i].name);
		if (inputs[i].at && *value)
			*(const char **)(void *)((char *)sign_in + inputs[i].at) = value;
	}
	sign_in->other_user = *typed(visit, "other-user") != '\0';
}

/* ---- what is wrong ---- */

static const char *label_of(const char *field)
{
	for (size_t i = 0; i < COUNT_OF(inputs); i++) {
		if (strcmp(inputs[i].name, field) == 0)
			return inputs[i].label;
	}
	return "";
}

static void put(struct connect_problem *problem, const char *field, const char *text)
{
	problem->field = field;
	snprintf(problem->text, sizeof problem->text, "%s%s%.300s.", field ? label_of(field) : "", field ? " " : "", text);
	if (!field && problem->text[0] >= 'a' && problem->text[0] <= 'z')
		problem->text[0] = (char)(problem->text[0] - 'a' + 'A');
}

void connect_form_explain(const struct sign_in_way *way, const struct sign_in *sign_in, const struct err *err,
                          struct connect_problem *problem)
{
	char text[CONNECT_PROBLEM];
	if (sign_in->field && strcmp(sign_in->field, "other-user") == 0)
		put(problem, NULL,
		    "this is the account of another user than before; sign out of the provider in the browser first, or choose that "
		    "one library shall replace the other");
	else if (sign_in->field)
		put(problem, *label_of(sign_in->field) ? sign_in->field : NULL, err->text);
	else if (err->code == 401 && sign_in_has_field(way, "password"))
		put(problem, "password", "and user name are not taken by the server");
	else if (sign_in->quotes && !way->run) {
		snprintf(text, sizeof text,
		         "%s gave no token (HTTP %d): check the client id, and whether the app knows the redirect URI; nothing was "
		         "stored",
		         way->title, err->code);
		put(problem, NULL, text);
	} else if (sign_in->quotes) {
		put(problem, "url", "leads to a server that does not answer as such a server does; nothing was stored");
	} else {
		put(problem, NULL, err->text);
	}
}

/* ---- the form ---- */

enum { MODES_MAX = 8 };

/* "auto", its label, "token", its label, ..., NULL; none where the way has no choice. */
static void list_modes(const struct sign_in_way *way, const char *options[2 * MODES_MAX + 1])
{
	static const struct {
		const char *mode, *label;
	} labels[] = {{"auto", "password, the best way that works"},
	              {"token", "password, salted"},
	              {"password", "password, as it is"},
	              {"apikey", "API key"}};
	size_t count = 0;
	for (size_t i = 0; way->modes && way->modes[i] && i < MODES_MAX; i++) {
		options[count++] = way->modes[i];
		options[count] = way->modes[i];
		for (size_t k = 0; k < COUNT_OF(labels); k++) {
			if (strcmp(labels[k].mode, way->modes[i]) == 0)
				options[count] = labels[k].label;
		}
		count++;
	}
	options[count] = NULL;
}

static void add_input(struct visit *visit, const struct sign_in_way *way, const struct input *input, bool again,
                      const struct connect_problem *problem)
{
	bool is_name = strcmp(input->name, "name") == 0;
	bool wrong = problem && problem->field && strcmp(problem->field, input->name) == 0;
	const char *options[2 * MODES_MAX + 1];
	list_modes(way, options);
	struct field field = {
		.name = input->name,
		.label = input->label,
		.type = input->type,
		.options = options,
		.value = input->secret ? NULL : typed(visit, input->name),
		.hint = input->hint,
		.problem = wrong ? problem->text : NULL,
		.attributes = input->attributes,
	};
	if (!(input->of & (again ? AGAIN : NEW)) || (!is_name && !sign_in_has_field(way, input->name)))
		return;
	if (again && !input->secret)
		field.hint = "Empty: as it is.";
	field_add(VISIT_OUT(visit), &field);
}

/* Of a provider that has one of its own: rarely wanted, so folded away unless it is given. */
static void add_other_address(struct visit *visit, const struct connect_problem *problem)
{
	struct buf *out = VISIT_OUT(visit);
	bool wrong = problem && problem->field && strcmp(problem->field, "url") == 0;
	html(out, *typed(visit, "url") ? "<details open>" : "<details>");
	html(out, "<summary>Another address</summary>");
	field_add(out, &(struct field){.name = "url",
	                               .label = "Address",
	                               .type = "url",
	                               .value = typed(visit, "url"),
	                               .hint = "If requests shall go elsewhere than to the provider itself.",
	                               .problem = wrong ? problem->text : NULL});
	html(out, "</details>");
}

void connect_form_show(struct visit *visit, const struct sign_in_way *way, const char *account,
                       const struct connect_problem *problem)
{
	struct buf *out = VISIT_OUT(visit);
	char place[LIMIT_ACCOUNT + 64];
	if (problem && !problem->field)
		html(out, "<p class=\"problem\" role=\"alert\">{}</p>", problem->text);
	if (account)
		snprintf(place, sizeof place, "/accounts/%s/sign-in", account);
	else
		snprintf(place, sizeof place, "/accounts/connect/%s", way->provider);
	layout_form(visit, place, "stack card");
	for (size_t i = 0; i < COUNT_OF(inputs); i++) {
		if (!way->url || strcmp(inputs[i].name, "url") != 0)
			add_input(visit, way, &inputs[i], account != NULL, problem);
	}
	if (!account && way->url)
		add_other_address(visit, problem);
	if (account && sign_in_has_field(way, "other-user"))
		html(out,
		     "<label class=\"check\"><input type=\"checkbox\" name=\"other-user\" value=\"1\"> Another user may sign in: "
		     "that library then replaces the one that is stored</label>");
	html(out, "<div><button>{}</button></div></form>",
	     !way->run ? "Go on at the provider"
	     : account ? "Sign in again"
	               : "Test and add");
}
