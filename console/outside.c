/* One lock. */
#include "console/outside.h"

#include <microhttpd.h>
#include <pthread.h>

#include "console/router.h"

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

bool outside_begin(struct visit *visit)
{
	if (pthread_mutex_trylock(&one_at_a_time) == 0)
		return true;
	http_add_header(visit->request, visit->response, "Retry-After", "5");
	visit_problem(visit, MHD_HTTP_SERVICE_UNAVAILABLE, "Not now",
	              "Another server is being asked for somebody, and only one is at a time. Try again in some seconds.");
	return false;
}

void outside_end(void)
{
	pthread_mutex_unlock(&one_at_a_time);
}
