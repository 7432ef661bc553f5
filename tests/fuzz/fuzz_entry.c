/* Reads any bytes as an act's text and as an entry; what is accepted must print
 * as it was, and its signatures can be looked at whatever they are. */
#include "act.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_act(struct bytes text)
{
	struct buffer printed;
	struct error error;
	struct act act;

	if (act_parse(text, &act, &error) != OK)
		return;
	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	require(act_print(&act, &printed, &error) == OK);
	require(bytes_equal(text, buffer_view(&printed)));
	for (size_t i = 0; i < act.field_count; i++)
		require(act_field(&act, act.fields[i].field->name) == &act.fields[i]);
	buffer_release(&printed);
}

static void try_entry(struct bytes bytes)
{
	struct buffer printed;
	struct ssh_key keys[2];
	struct entry entry;
	struct error error;

	if (entry_parse(bytes, &entry, &error) != OK)
		return;
	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	require(entry_make(entry.act.text, entry.armors, entry.signature_count, entry.logged,
	                   &printed, &(struct entry){ 0 }, &error) == OK);
	require(bytes_equal(bytes, buffer_view(&printed)));
	entry_verify(&entry, keys, &error);
	try_act(entry.act.text);
	buffer_release(&printed);
}

static void try_reference(struct bytes text)
{
	struct act_reference reference;
	struct buffer printed;

	if (act_reference_parse(text, &reference) != OK)
		return;
	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	require(act_reference_print(&reference, &printed) == OK);
	require(bytes_equal(text, buffer_view(&printed)));
	buffer_release(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);

	try_act(bytes);
	try_entry(bytes);
	try_reference(bytes);
	return 0;
}
