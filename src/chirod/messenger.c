/* The messenger's process: see src/messenger/messenger.h. */
#include "messenger.h"

#include "journal.h"
#include "role.h"

static void parent_gone(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(context);
}

int messenger_main(struct role_context *context)
{
	struct messenger_settings settings = messenger_default_settings();
	struct messenger *messenger = NULL;
	struct event_base *base = event_base_new();
	struct event *parent = NULL;
	struct error error;
	int engine = context->descriptors[DESCRIPTOR_ENGINE], status = 1;

	settings.authorities = context->configuration.neutral_authorities;
	if (base == NULL)
		goto out;
	parent = event_new(base, context->parent.fd, EV_READ, parent_gone, base);
	if (parent == NULL || event_add(parent, NULL) != 0)
		goto out;
	context->descriptors[DESCRIPTOR_ENGINE] = -1;
	if (messenger_new(base, engine, &settings, &messenger, &error) != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		goto out;
	}
	if (role_ready(context) == OK && event_base_dispatch(base) >= 0)
		status = 0;
out:
	if (messenger != NULL)
		messenger_free(messenger);
	if (parent != NULL)
		event_free(parent);
	if (base != NULL)
		event_base_free(base);
	return status;
}
