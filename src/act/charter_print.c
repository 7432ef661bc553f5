/* Writing a charter, and what one says unless told otherwise. */
#include "card.h"
#include "charter_words.h"
#include "text_values.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

#define CLOCK(clock_name, member, seconds)                                                         \
	{                                                                                          \
		.name = clock_name, .offset = offsetof(struct charter, member),                    \
		.standard = seconds                                                                \
	}

const struct charter_clock charter_clocks[CHARTER_CLOCK_COUNT] = {
	CLOCK("acknowledge-flash", acknowledge[PRECEDENCE_FLASH], 15 * MINUTE),
	CLOCK("acknowledge-immediate", acknowledge[PRECEDENCE_IMMEDIATE], HOUR),
	CLOCK("acknowledge-priority", acknowledge[PRECEDENCE_PRIORITY], 8 * HOUR),
	CLOCK("acknowledge-routine", acknowledge[PRECEDENCE_ROUTINE], 24 * HOUR),
	CLOCK("request", clocks[CLOCK_REQUEST], 48 * HOUR),
	CLOCK("request-flash", request_flash, 6 * HOUR),
	CLOCK("position", clocks[CLOCK_POSITION], 10 * DAY),
	CLOCK("list-changes", clocks[CLOCK_LIST_CHANGES], 5 * DAY),
	CLOCK("full-list", clocks[CLOCK_FULL_LIST], 180 * DAY),
	CLOCK("incident-update", clocks[CLOCK_INCIDENT_UPDATE], 72 * HOUR),
	CLOCK("conclusion", clocks[CLOCK_CONCLUSION], 30 * DAY),
	CLOCK("link-test", link_test_every, HOUR),
};

const struct charter_survival charter_survivals[CHARTER_SURVIVAL_COUNT] = {
	{ SURVIVES_CONFIDENTIALITY, "confidentiality" },
	{ SURVIVES_RIGHT_OF_REPLY, "right-of-reply" },
	{ SURVIVES_RETENTION, "retention" },
	{ SURVIVES_NOTICES, "notices" },
};

void charter_set_defaults(struct charter *charter)
{
	charter->rules = RULES_VERSION;
	for (size_t i = 0; i < CHARTER_CLOCK_COUNT; i++)
		memcpy((uint8_t *)charter + charter_clocks[i].offset, &charter_clocks[i].standard,
		       sizeof(int64_t));
	charter->link_test_failures = 2;
	charter->confidential = true;
	charter->right_of_reply = true;
	charter->retention[0] = 3650 * (int64_t)DAY;
	charter->retention[1] = 3650 * (int64_t)DAY;
	charter->notice = 30 * DAY;
	charter->survives = SURVIVES_CONFIDENTIALITY | SURVIVES_RIGHT_OF_REPLY | SURVIVES_RETENTION;
	charter->blob_wait = MINUTE;
	charter->quota_entries = 10000;
	charter->quota_bytes = UINT64_C(1) << 30;
	charter->query_budget_day = 1000;
	charter->query_budget_list = 100000;
	charter->deemed_allowance = 24 * HOUR;
}

/* One more word of a line that was begun with its key. */
static int put_word(struct buffer *buffer, const char *word)
{
	return buffer_put_format(buffer, " %s", word);
}

static int put_languages(const struct charter *charter, struct buffer *buffer)
{
	const char *authentic = charter->authentic;
	int r;

	if ((r = buffer_put_string(buffer, "languages")) != OK)
		return r;
	for (size_t i = 0; i < charter->language_count; i++)
		if ((r = put_word(buffer, charter->languages[i])) != OK)
			return r;
	if ((r = buffer_put_string(buffer, "\n")) != OK)
		return r;
	return text_put_string(buffer, "authentic",
	                       authentic[0] == '\0' ? EQUALLY_AUTHENTIC : authentic);
}

/* `key name duration`. */
static int put_named_duration(struct buffer *buffer, const char *key, const char *name,
                              int64_t seconds)
{
	char duration[DURATION_CAPACITY];

	duration_format(seconds, duration);
	return buffer_put_format(buffer, "%s %s %s\n", key, name, duration);
}

static int put_clocks(const struct charter *charter, struct buffer *buffer)
{
	int r;

	for (size_t i = 0; i < CHARTER_CLOCK_COUNT; i++) {
		int64_t seconds;

		memcpy(&seconds, (const uint8_t *)charter + charter_clocks[i].offset,
		       sizeof(seconds));
		r = put_named_duration(buffer, "clock", charter_clocks[i].name, seconds);
		if (r != OK)
			return r;
	}
	return text_put_number(buffer, "link-test-failures", charter->link_test_failures);
}

static int put_two_signatures(const struct charter *charter, struct buffer *buffer)
{
	const struct kind_set *set = &charter->two_signatures;
	int r;

	if (set->bits[0] == 0 && set->bits[1] == 0)
		return OK;
	if ((r = buffer_put_string(buffer, "two-signatures")) != OK)
		return r;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (kind_set_has(set, i) && (r = put_word(buffer, kind_by_number(i)->name)) != OK)
			return r;
	return buffer_put_string(buffer, "\n");
}

static int put_survives(const struct charter *charter, struct buffer *buffer)
{
	int r;

	if (charter->survives == 0)
		return OK;
	if ((r = buffer_put_string(buffer, "survives")) != OK)
		return r;
	for (size_t i = 0; i < CHARTER_SURVIVAL_COUNT; i++)
		if ((charter->survives & (unsigned)charter_survivals[i].survival) != 0 &&
		    (r = put_word(buffer, charter_survivals[i].name)) != OK)
			return r;
	return buffer_put_string(buffer, "\n");
}

static int put_handling(const struct charter *charter, struct buffer *buffer)
{
	int r;

	if ((r = text_put_string(buffer, "confidentiality",
	                         charter->confidential ? "communications" : "none")) != OK ||
	    (r = text_put_string(buffer, "right-of-reply",
	                         charter->right_of_reply ? "yes" : "no")) != OK)
		return r;
	for (size_t i = 0; i < 2; i++) {
		r = put_named_duration(buffer, "retention", charter->parties[i].id,
		                       charter->retention[i]);
		if (r != OK)
			return r;
	}
	if ((r = text_put_duration(buffer, "notice", charter->notice)) != OK)
		return r;
	return put_survives(charter, buffer);
}

static int put_quotas(const struct charter *charter, struct buffer *buffer)
{
	int r;

	if ((r = text_put_duration(buffer, "blob-wait", charter->blob_wait)) != OK ||
	    (r = text_put_number(buffer, "quota-entries", charter->quota_entries)) != OK ||
	    (r = text_put_number(buffer, "quota-bytes", charter->quota_bytes)) != OK ||
	    (r = text_put_number(buffer, "query-budget-day", charter->query_budget_day)) != OK)
		return r;
	r = text_put_number(buffer, "query-budget-list", charter->query_budget_list);
	if (r != OK || charter->list_pairs == 0)
		return r;
	return text_put_number(buffer, "list-pairs", charter->list_pairs);
}

uint64_t charter_list_pairs(const struct charter *charter)
{
	return charter->list_pairs == 0 ? LIST_PAIRS_DEFAULT : charter->list_pairs;
}

static int put_neutrals(const struct charter *charter, struct buffer *buffer)
{
	int r;

	for (size_t i = 0; i < charter->witness_count; i++)
		if ((r = text_put(buffer, "witness", charter->witnesses[i])) != OK)
			return r;
	if ((r = text_put_number(buffer, "quorum", charter->quorum)) != OK)
		return r;
	if (charter->depositary.size == 0)
		return OK;
	if ((r = text_put(buffer, "depositary", charter->depositary)) != OK)
		return r;
	return text_put_duration(buffer, "deemed-allowance", charter->deemed_allowance);
}

int charter_write(const struct charter *charter, struct buffer *buffer)
{
	int r;

	if (charter->language_count > LANGUAGES_MAXIMUM ||
	    charter->witness_count > WITNESSES_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_string(buffer, CHARTER_FORMAT "\n")) != OK ||
	    (r = text_put_number(buffer, "rules", charter->rules)) != OK ||
	    (r = put_string_unless_empty(buffer, "succeeds", charter->succeeds)) != OK ||
	    (r = put_languages(charter, buffer)) != OK ||
	    (r = party_print(&charter->parties[0], buffer, NULL)) != OK ||
	    (r = party_print(&charter->parties[1], buffer, NULL)) != OK ||
	    (r = put_clocks(charter, buffer)) != OK ||
	    (r = put_two_signatures(charter, buffer)) != OK ||
	    (r = put_handling(charter, buffer)) != OK || (r = put_quotas(charter, buffer)) != OK ||
	    (r = put_neutrals(charter, buffer)) != OK)
		return r;
	if (charter->free_text.size == 0)
		return OK;
	if ((r = buffer_put_string(buffer, "\n")) != OK)
		return r;
	return buffer_put_bytes(buffer, charter->free_text);
}

int charter_print(const struct charter *charter, struct buffer *buffer, struct error *error)
{
	size_t before = buffer->size;
	struct charter *parsed;
	int r;

	if ((r = charter_write(charter, buffer)) != OK) {
		error_set(error, r, "the charter cannot be written: %s", result_text(r));
		goto out;
	}
	r = charter_parse(bytes_of(buffer->data + before, buffer->size - before), &parsed, error);
	if (r == OK)
		charter_free(parsed);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}
