/* Reading a charter. */
#include "charter.h"

#include "allocate.h"
#include "card.h"
#include "charter_words.h"
#include "class_commitment.h"
#include "encoding.h"
#include "note.h"
#include "party_keys.h"
#include "sha.h"
#include "sshsig.h"
#include "text_values.h"

static int take_rules(struct text_reader *reader, struct charter *charter, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_expect(reader, CHARTER_FORMAT, error)) != OK ||
	    (r = take_number(reader, "rules", 1, NUMBER_MAXIMUM, &charter->rules, error)) != OK)
		return r;
	if (charter->rules != RULES_VERSION)
		return error_set_line(error, ERROR_UNSUPPORTED, reader->number,
		                      "these rules are not known to this version");
	if (!next_key_is(reader, "succeeds"))
		return OK;
	if ((r = text_reader_required(reader, "succeeds", &value, error)) != OK)
		return r;
	if (!channel_id_is_valid(value))
		return refuse_value(reader, "succeeds", ERROR_SYNTAX, "a channel id", error);
	return bytes_to_string(value, charter->succeeds, sizeof(charter->succeeds));
}

static bool has_language(const struct charter *charter, struct bytes language)
{
	for (size_t i = 0; i < charter->language_count; i++)
		if (bytes_equal_string(language, charter->languages[i]))
			return true;
	return false;
}

static int take_languages(struct text_reader *reader, struct charter *charter, struct error *error)
{
	struct bytes words[LANGUAGES_MAXIMUM];
	struct bytes value;
	size_t count;
	int r;

	if ((r = text_reader_required(reader, "languages", &value, error)) != OK)
		return r;
	if ((r = text_words(value, words, LANGUAGES_MAXIMUM, &count)) != OK)
		return refuse_value(reader, "languages", r, "1 to 8 language tags", error);
	for (size_t i = 0; i < count; i++) {
		if (!language_is_valid(words[i]) || has_language(charter, words[i]))
			return refuse_value(reader, "languages", ERROR_SYNTAX,
			                    "a list of different language tags", error);
		bytes_to_string(words[i], charter->languages[i], LANGUAGE_CAPACITY);
		charter->language_count++;
	}
	if ((r = text_reader_required(reader, "authentic", &value, error)) != OK)
		return r;
	if (bytes_equal_string(value, EQUALLY_AUTHENTIC))
		return OK;
	if (!has_language(charter, value))
		return refuse_value(reader, "authentic", ERROR_SYNTAX,
		                    "'equal' or one of the languages", error);
	return bytes_to_string(value, charter->authentic, LANGUAGE_CAPACITY);
}

static int take_parties(struct text_reader *reader, struct charter *charter, struct error *error)
{
	const struct party *parties = charter->parties;
	int r;

	if ((r = party_parse(reader, &charter->parties[0], error)) != OK ||
	    (r = party_parse(reader, &charter->parties[1], error)) != OK)
		return r;
	if (strcmp(parties[0].id, parties[1].id) == 0)
		return error_set(error, ERROR_SYNTAX, "both parties have the id %s", parties[0].id);
	if (strcmp(parties[0].domain, parties[1].domain) == 0)
		return error_set(error, ERROR_SYNTAX, "both parties have the domain %s",
		                 parties[0].domain);
	return party_keys_differ(parties, 2, error);
}

static int take_clocks(struct text_reader *reader, struct charter *charter, struct error *error)
{
	int r;

	for (size_t i = 0; i < CHARTER_CLOCK_COUNT; i++) {
		const struct charter_clock *clock = &charter_clocks[i];
		struct bytes value;
		struct bytes name;
		int64_t seconds;

		if ((r = text_reader_required(reader, "clock", &value, error)) != OK)
			return r;
		name = cut_word(&value);
		if (!bytes_equal_string(name, clock->name))
			return error_set_line(error, ERROR_SYNTAX, reader->number,
			                      "the clock '%s' is missing", clock->name);
		if ((r = duration_parse_canonical(value, &seconds)) != OK)
			return refuse_value(reader, "clock", r,
			                    "a duration in its largest unit, such as 15m", error);
		if (seconds < 1)
			return refuse_value(reader, "clock", ERROR_LIMIT, "long enough", error);
		memcpy((uint8_t *)charter + clock->offset, &seconds, sizeof(seconds));
	}
	return take_number(reader, "link-test-failures", 1, NUMBER_MAXIMUM,
	                   &charter->link_test_failures, error);
}

/* Two signatures for these would come too early: until the head alone has
 * accredited somebody there is nobody to give the second one. */
static bool can_need_cosigner(const struct kind *kind)
{
	return kind->cosigner != ABSENT && kind->number != KIND_ACCEDE &&
	       kind->number != KIND_ACCREDIT;
}

static int take_two_signatures(struct text_reader *reader, struct charter *charter,
                               struct error *error)
{
	struct bytes words[KIND_COUNT];
	struct bytes value;
	size_t count;
	int last = -1;
	int r;

	if (!next_key_is(reader, "two-signatures"))
		return OK;
	if ((r = text_reader_required(reader, "two-signatures", &value, error)) != OK)
		return r;
	if ((r = text_words(value, words, KIND_COUNT, &count)) != OK)
		return refuse_value(reader, "two-signatures", r, "a list of kinds", error);
	for (size_t i = 0; i < count; i++) {
		const struct kind *kind = kind_by_name(words[i]);

		if (kind == NULL || !can_need_cosigner(kind))
			return refuse_value(reader, "two-signatures", ERROR_SYNTAX,
			                    "a list of kinds that can need a cosigner", error);
		if ((int)kind->number <= last)
			return refuse_value(reader, "two-signatures", ERROR_CANONICAL,
			                    "in the order of the kinds table", error);
		last = (int)kind->number;
		kind_set_add(&charter->two_signatures, kind->number);
	}
	return OK;
}

/* One of two words. */
static int take_either(struct text_reader *reader, const char *key, const char *yes, const char *no,
                       bool *ret_value, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if (!bytes_equal_string(value, yes) && !bytes_equal_string(value, no))
		return refuse_value(reader, key, ERROR_SYNTAX, "one of its two words", error);
	*ret_value = bytes_equal_string(value, yes);
	return OK;
}

static int take_retention(struct text_reader *reader, struct charter *charter, unsigned party,
                          struct error *error)
{
	struct bytes value;
	struct bytes id;
	int r;

	if ((r = text_reader_required(reader, "retention", &value, error)) != OK)
		return r;
	id = cut_word(&value);
	if (!bytes_equal_string(id, charter->parties[party].id))
		return refuse_value(reader, "retention", ERROR_SYNTAX,
		                    "the next party's, in the order of the charter", error);
	if ((r = duration_parse_canonical(value, &charter->retention[party])) != OK)
		return refuse_value(reader, "retention", r, "a party and a duration", error);
	return OK;
}

static int take_survives(struct text_reader *reader, struct charter *charter, struct error *error)
{
	struct bytes words[CHARTER_SURVIVAL_COUNT];
	struct bytes value;
	size_t count;
	size_t known = 0;
	int r;

	if (!next_key_is(reader, "survives"))
		return OK;
	if ((r = text_reader_required(reader, "survives", &value, error)) != OK)
		return r;
	if ((r = text_words(value, words, CHARTER_SURVIVAL_COUNT, &count)) != OK)
		return refuse_value(reader, "survives", r, "a list of what survives", error);
	for (size_t i = 0; i < count; i++) {
		while (known < CHARTER_SURVIVAL_COUNT &&
		       !bytes_equal_string(words[i], charter_survivals[known].name))
			known++;
		if (known == CHARTER_SURVIVAL_COUNT)
			return refuse_value(reader, "survives", ERROR_SYNTAX,
			                    "a list of what can survive, in its order", error);
		charter->survives |= (unsigned)charter_survivals[known++].survival;
	}
	return OK;
}

static int take_handling(struct text_reader *reader, struct charter *charter, struct error *error)
{
	int r;

	if ((r = take_either(reader, "confidentiality", "communications", "none",
	                     &charter->confidential, error)) != OK ||
	    (r = take_either(reader, "right-of-reply", "yes", "no", &charter->right_of_reply,
	                     error)) != OK ||
	    (r = take_retention(reader, charter, 0, error)) != OK ||
	    (r = take_retention(reader, charter, 1, error)) != OK ||
	    (r = take_duration(reader, "notice", 0, &charter->notice, error)) != OK)
		return r;
	return take_survives(reader, charter, error);
}

static int take_quotas(struct text_reader *reader, struct charter *charter, struct error *error)
{
	int r;

	if ((r = take_duration(reader, "blob-wait", 1, &charter->blob_wait, error)) != OK ||
	    (r = take_number(reader, "quota-entries", 1, NUMBER_MAXIMUM, &charter->quota_entries,
	                     error)) != OK ||
	    (r = take_number(reader, "quota-bytes", 1, NUMBER_MAXIMUM, &charter->quota_bytes,
	                     error)) != OK ||
	    (r = take_number(reader, "query-budget-day", 0, NUMBER_MAXIMUM,
	                     &charter->query_budget_day, error)) != OK)
		return r;
	r = take_number(reader, "query-budget-list", 0, NUMBER_MAXIMUM, &charter->query_budget_list,
	                error);
	if (r != OK || !next_key_is(reader, "list-pairs"))
		return r;
	return take_number(reader, "list-pairs", 1, CLASS_PAIRS_MAXIMUM, &charter->list_pairs,
	                   error);
}

/* A neutral's vkey, which must not be a key of a party. */
static int take_neutral(struct text_reader *reader, const char *key, const struct charter *charter,
                        struct bytes *ret_vkey, struct note_key *ret_key, struct error *error)
{
	int r;

	if ((r = text_reader_required(reader, key, ret_vkey, error)) != OK)
		return r;
	if ((r = note_key_parse(*ret_vkey, ret_key, NULL)) != OK)
		return refuse_value(reader, key, r, "a vkey", error);
	if (ret_key->type != NOTE_KEY_COSIGNATURE)
		return refuse_value(reader, key, ERROR_UNSUPPORTED, "a vkey of type 0x04", error);
	if (parties_have_key(charter->parties, &ret_key->public_key))
		return refuse_value(reader, key, ERROR_SYNTAX, "a key of a neutral", error);
	return OK;
}

static int take_witnesses(struct text_reader *reader, struct charter *charter, struct error *error)
{
	struct note_key keys[WITNESSES_MAXIMUM];
	int r;

	while (next_key_is(reader, "witness")) {
		size_t count = charter->witness_count;

		if (count == WITNESSES_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, reader->number + 1,
			                      "there are more than %d witnesses",
			                      WITNESSES_MAXIMUM);
		r = take_neutral(reader, "witness", charter, &charter->witnesses[count],
		                 &keys[count], error);
		if (r != OK)
			return r;
		for (size_t i = 0; i < count; i++)
			if (ed25519_public_equal(&keys[i].public_key, &keys[count].public_key) ||
			    strcmp(keys[i].name, keys[count].name) == 0)
				return refuse_value(reader, "witness", ERROR_SYNTAX,
				                    "of a name and key of its own", error);
		charter->witness_count++;
	}
	return take_number(reader, "quorum", 0, charter->witness_count, &charter->quorum, error);
}

static int take_depositary(struct text_reader *reader, struct charter *charter, struct error *error)
{
	struct note_key key;
	int r;

	if (!next_key_is(reader, "depositary"))
		return OK;
	r = take_neutral(reader, "depositary", charter, &charter->depositary, &key, error);
	if (r != OK)
		return r;
	return take_duration(reader, "deemed-allowance", 0, &charter->deemed_allowance, error);
}

static int take_free_text(struct text_reader *reader, struct charter *charter, struct error *error)
{
	struct text_line line;

	if (text_reader_peek(reader, &line) != OK)
		return OK;
	if (line.whole.size > 0)
		return expect_end(reader, error);
	text_reader_next(reader, &line);
	if (reader->rest.size == 0)
		return error_set_line(error, ERROR_SYNTAX, reader->number,
		                      "no free text follows the empty line");
	charter->free_text = reader->rest;
	return OK;
}

/* Compares the text with what is printed of the charter. */
static int check_spelling(const struct charter *charter, struct error *error)
{
	struct buffer printed;
	int r;

	buffer_init(&printed, CHARTER_SIZE_MAXIMUM);
	if ((r = charter_write(charter, &printed)) != OK)
		error_set(error, r, "the charter cannot be written again: %s", result_text(r));
	else
		r = compare_with_print(charter->text, buffer_view(&printed), error);
	buffer_release(&printed);
	return r;
}

static int read_charter(struct charter *charter, struct error *error)
{
	struct text_reader reader;
	int r;

	text_reader_init(&reader, charter->text);
	if ((r = text_check(charter->text, error)) != OK ||
	    (r = take_rules(&reader, charter, error)) != OK ||
	    (r = take_languages(&reader, charter, error)) != OK ||
	    (r = take_parties(&reader, charter, error)) != OK ||
	    (r = take_clocks(&reader, charter, error)) != OK ||
	    (r = take_two_signatures(&reader, charter, error)) != OK ||
	    (r = take_handling(&reader, charter, error)) != OK ||
	    (r = take_quotas(&reader, charter, error)) != OK ||
	    (r = take_witnesses(&reader, charter, error)) != OK ||
	    (r = take_depositary(&reader, charter, error)) != OK ||
	    (r = take_free_text(&reader, charter, error)) != OK)
		return r;
	return check_spelling(charter, error);
}

int charter_parse(struct bytes text, struct charter **ret_charter, struct error *error)
{
	struct charter *charter;
	uint8_t *copy;
	int r;

	if (text.size > CHARTER_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "a charter is at most %d bytes",
		                 CHARTER_SIZE_MAXIMUM);
	if (text.size == 0)
		return error_set(error, ERROR_SYNTAX, "the text is empty");
	charter = allocate(1, sizeof(*charter));
	copy = allocate(text.size, 1);
	if (charter == NULL || copy == NULL) {
		release_memory(charter);
		release_memory(copy);
		return error_set(error, ERROR_MEMORY, "no memory is left");
	}
	memcpy(copy, text.data, text.size);
	charter->text = bytes_of(copy, text.size);
	sha256_of(&charter->hash, charter->text);
	charter->id = charter->hash;
	hash_to_base32(&charter->id, charter->channel);
	if ((r = read_charter(charter, error)) != OK) {
		charter_free(charter);
		return r;
	}
	*ret_charter = charter;
	return OK;
}

void charter_free(struct charter *charter)
{
	if (charter == NULL)
		return;
	release_memory((void *)charter->text.data);
	release_memory(charter);
}

/* Whether the key that signed is the head's. */
static int check_signer(const struct charter *charter, unsigned party, const struct ssh_key *key,
                        struct error *error)
{
	if (ssh_key_equal(key, &charter->parties[party].head_key))
		return OK;
	return error_set(error, ERROR_DENIED, "the charter is not signed by the head of %s",
	                 charter->parties[party].id);
}

int charter_verify(const struct charter *charter, unsigned party, struct bytes armor,
                   struct error *error)
{
	struct ssh_key key;
	int r;

	if ((r = sshsig_verify(charter->text, CHARTER_NAMESPACE, armor, &key, error)) != OK)
		return r;
	return check_signer(charter, party, &key, error);
}

int charter_verify_blob(const struct charter *charter, unsigned party, struct bytes blob,
                        struct error *error)
{
	struct ssh_key key;
	int r;

	if ((r = sshsig_verify_blob(charter->text, CHARTER_NAMESPACE, blob, &key, error)) != OK)
		return r;
	return check_signer(charter, party, &key, error);
}
