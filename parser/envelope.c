/* Around the list. */
#include "parser/envelope.h"

#include "common/json.h"

int envelope_check(const struct provider_mappings *provider, int64_t count, yyjson_val *root, struct err *err)
{
	/* "{}" is what the fetcher makes of a provider's word that there is nothing. */
	if (count == 0 && yyjson_is_obj(root) && yyjson_obj_size(root) == 0)
		return 0;
	if (!provider->envelope && yyjson_is_obj(root))
		return 0;
	if (!provider->envelope || !yyjson_is_obj(json_path(root, provider->envelope)))
		return err_set(err, ERR_REJECT, 0, "the body has no %s",
		               provider->envelope ? provider->envelope : "JSON object");
	yyjson_val *status = json_path(root, provider->status);
	if (yyjson_equals_str(status, provider->status_good))
		return 0;
	return err_set(err, ERR_REJECT, 0, "the answer says %s: '%.40s'", provider->status,
	               yyjson_is_str(status) ? yyjson_get_str(status) : "nothing");
}
