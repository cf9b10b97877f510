/* The OpenSubsonic methods a library sync uses, answered from the library in the manner of a flavour. */
#ifndef SIMULATOR_OPENSUBSONIC_H
#define SIMULATOR_OPENSUBSONIC_H

#include "service.h"

enum { METHOD_NAME_MAX = ENDPOINT_MAX };

extern const struct service opensubsonic_service;

/* The method's name out of "/rest/ping.view"; false when the path is not under /rest/. Ends at the first character that is
 * neither letter nor digit, and is cut when too long. */
bool opensubsonic_method(const char *path, char name[METHOD_NAME_MAX]);
/* Whether an answer depends only on the library and the request: then it may be kept. */
bool opensubsonic_cacheable(const struct call *call, const char *method);
/* Credentials, then existence of the method. NULL: opensubsonic_answer may be called. http_status is set to what goes with
 * the failure, and to 0 when even the body is not Subsonic's: then message is that body. */
const struct failure *opensubsonic_refuse(const struct call *call, const char *method, int *http_status);
/* Writes the whole body, of success or failure, into out. page->total is for x-total-count. */
void opensubsonic_answer(const struct call *call, const char *method, const struct spoil *spoil, struct out *out,
                         struct page *page);

#endif
