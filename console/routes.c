/* All routes of the console. */
#include "console/routes.h"

const struct route_table *const route_tables[] = {
	&asset_routes,
	&health_routes,
	&sign_in_routes,
	&overview_routes,
	&sync_routes,
	&rejects_routes,
	&api_account_routes,
	&api_sync_routes,
	&library_routes,
	&search_routes, /* before the lists: it stands where a list's name does */
	&list_routes,
	&item_routes,
	&playlist_routes,
	NULL,
};
