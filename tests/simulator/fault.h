/* Scripted faults: what a sick server or network does to a response. */
#ifndef SIMULATOR_FAULT_H
#define SIMULATOR_FAULT_H

#include "page.h"
#include "response.h"
#include "trigger.h"

enum { FAULT_MAX = 64 };

struct fault_kind;

struct fault {
	struct trigger trigger;
	const struct fault_kind *kind;
	int64_t status, code, ms, at, mb, depth, items; /* at: bytes of the body, -1: half of it */
	char body[256], retry_after[64], reason[64], to[256];
};

struct faults {
	struct fault rules[FAULT_MAX];
	unsigned count;
};

/* Adds a rule from a control request. NULL, or what is wrong with it. */
const char *faults_add(struct faults *faults, const struct request *request);
/* The rule that strikes this request; NULL: none. Every matching rule counts the request, the first to strike wins. */
const struct fault *faults_strike(struct faults *faults, const char *endpoint, const char *query);
const char *fault_name(const struct fault *fault);

/* What the fault changes inside the page; zero for kinds that do not. */
struct spoil fault_spoil(const struct fault *fault);
/* Puts another response in the place of the page: true when this kind does. */
bool fault_replace(const struct fault *fault, const struct flavour *flavour, struct response *response);
/* Changes how a finished response is delivered. */
void fault_deliver(const struct fault *fault, struct response *response);

#endif
