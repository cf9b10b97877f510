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
	&search_routes, /* this and the next before the lists: they stand where a list's name does */
	&export_routes,
	&list_routes,
	&item_routes,
	&playlist_routes,
	&subsonic_routes,
	NULL,
};
