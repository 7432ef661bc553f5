/* The link's process: see src/link/service.h. */
#include "journal.h"
#include "role.h"
#include "service.h"
#include "system.h"

static void parent_gone(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(context);
}

int link_main(struct role_context *context)
{
	struct link_service *service = NULL;
	struct event_base *base = event_base_new();
	struct event *parent = NULL;
	struct error error;
	int status = 1;

	if (base == NULL)
		goto out;
	parent = event_new(base, context->parent.fd, EV_READ, parent_gone, base);
	if (parent == NULL || event_add(parent, NULL) != 0)
		goto out;
	if (link_service_new(base, context->descriptors[DESCRIPTOR_ENGINE], context->listen,
	                     context->listen_count, system_clock(), system_random(), &service,
	                     &error) != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		goto out;
	}
	context->descriptors[DESCRIPTOR_ENGINE] = -1;
	context->listen_count = 0;
	if (role_ready(context) == OK && event_base_dispatch(base) >= 0)
		status = 0;
out:
	if (service != NULL)
		link_service_free(service);
	if (parent != NULL)
		event_free(parent);
	if (base != NULL)
		event_base_free(base);
	return status;
}
