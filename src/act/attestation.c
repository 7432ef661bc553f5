#include "attestation.h"

#include "allocate.h"

/* Parses an entry of that party's log. */
static int read_entry(const struct charter *charter, unsigned party, struct bytes bytes,
                      struct entry *entry, struct error *error)
{
	int r;

	if ((r = entry_parse(bytes, entry, error)) != OK)
		return r;
	if (strcmp(entry->act.channel, charter->channel) != 0 ||
	    strcmp(entry->act.party, charter->parties[party].id) != 0)
		return error_set(error, ERROR_MISMATCH, "the entry is of another channel or party");
	return OK;
}

static int read_logged(const struct charter *charter, unsigned party,
                       const struct logged_entry *logged, const struct log_end *log,
                       struct entry *entry, struct error *error)
{
	int r;

	if ((r = read_entry(charter, party, logged->bytes, entry, error)) != OK)
		return r;
	if (inclusion_verify(logged->number, log->size, &entry->leaf, &logged->path, &log->root) !=
	    OK)
		return error_set(error, ERROR_MISMATCH, "the entry is not shown to be in that log");
	return OK;
}

static bool says(const struct act *act, const char *field, const char *word)
{
	const struct field_value *value = act_field(act, field);

	return value != NULL && bytes_equal_string(value->text, word);
}

/* Who may speak for the party. */
struct authority {
	struct ssh_key appointing, head;
	char name[DELEGATE_NAME_CAPACITY];
};

static int follow_link(const struct charter *charter, unsigned party, struct bytes link,
                       struct authority *authority, struct entry *entry, struct error *error)
{
	const struct act *act = &entry->act;
	struct ssh_key keys[2];
	int r;

	if ((r = read_entry(charter, party, link, entry, error)) != OK ||
	    (r = entry_verify(entry, keys, error)) != OK)
		return r;
	if (act->kind->number != KIND_APPOINT ||
	    (!says(act, "office", "head") && !says(act, "office", "appointing")))
		return error_set(error, ERROR_MISMATCH,
		                 "an entry that does not say who the head is");
	if (!ssh_key_equal(&keys[0], &authority->appointing))
		return error_set(error, ERROR_SIGNATURE,
		                 "an entry is not signed by the party's appointing key");
	if (says(act, "office", "appointing")) {
		authority->appointing = act_field(act, "key")->as.ssh_key;
		return OK;
	}
	authority->head = act_field(act, "key")->as.ssh_key;
	return bytes_to_string(act_field(act, "delegate")->text, authority->name,
	                       sizeof authority->name);
}

static int read_attestation(const struct act *act, struct attestation *ret_attestation)
{
	const struct field_value *destroyed = act_field(act, "destroyed");
	int r;

	if (act->kind->number != KIND_REKEY || !says(act, "item", "reading-key") ||
	    destroyed == NULL)
		return ERROR_MISMATCH;
	if ((r = bytes_to_string(destroyed->text, ret_attestation->destroyed,
	                         sizeof ret_attestation->destroyed)) != OK)
		return r;
	return bytes_to_string(act_field(act, "value")->text, ret_attestation->present,
	                       sizeof ret_attestation->present);
}

static int verify(const struct charter *charter, unsigned party, const struct bytes *links,
                  size_t link_count, const struct logged_entry *logged, const struct log_end *log,
                  struct entry *entry, struct attestation *attestation, struct error *error)
{
	const struct party *block = &charter->parties[party];
	struct authority authority = { block->appointing_key, block->head_key, "" };
	struct ssh_key keys[2];
	int r = OK;

	memcpy(authority.name, block->head, sizeof authority.name);
	for (size_t i = 0; i < link_count && r == OK; i++)
		r = follow_link(charter, party, links[i], &authority, entry, error);
	if (r != OK || (r = read_logged(charter, party, logged, log, entry, error)) != OK ||
	    (r = entry_verify(entry, keys, error)) != OK)
		return r;
	if ((r = read_attestation(&entry->act, attestation)) != OK)
		return error_set(error, r, "the entry attests no key as destroyed");
	if (strcmp(entry->act.author, authority.name) != 0 ||
	    !ssh_key_equal(&keys[0], &authority.head))
		return error_set(error, ERROR_DENIED,
		                 "the entry is not signed by the party's head");
	attestation->logged = entry->logged;
	attestation->number = logged->number;
	return OK;
}

int attestation_verify(const struct charter *charter, unsigned party, const struct bytes *links,
                       size_t link_count, const struct logged_entry *logged,
                       const struct log_end *log, struct attestation *ret_attestation,
                       struct error *error)
{
	struct attestation attestation = { .logged = 0 };
	struct entry *entry = allocate(1, sizeof *entry);
	int r;

	if (entry == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for an entry");
	if ((r = verify(charter, party, links, link_count, logged, log, entry, &attestation,
	                error)) == OK)
		*ret_attestation = attestation;
	release_memory(entry);
	return r;
}

int receipt_covers(const struct charter *charter, unsigned party, const struct logged_entry *logged,
                   const struct log_end *log, uint64_t number, struct error *error)
{
	struct entry *entry = allocate(1, sizeof *entry);
	int r;

	if (entry == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for an entry");
	if ((r = read_logged(charter, party, logged, log, entry, error)) == OK &&
	    (entry->act.kind->number != KIND_RECEIPT ||
	     act_field(&entry->act, "size")->as.number <= number))
		r = error_set(error, ERROR_MISMATCH,
		              "the entry is no receipt that covers the attestation");
	release_memory(entry);
	return r;
}
