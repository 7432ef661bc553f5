#include "list_evidence.h"

#include <errno.h>
#include <sys/stat.h>

#include "bundle_match.h"
#include "encoding.h"
#include "files.h"
#include "match_showing.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"

/* --- what is in it --------------------------------------------------------------------------- */

static bool is_wanted(const struct part_description *description, const struct match_proof *proof,
                      bool contacts)
{
	if (contacts && strcmp(description->media_type, PAIRS_TEXT_MEDIA_TYPE) == 0)
		return true;
	return proof->shown == MATCH_SHOWS_BODY_DIFFERS &&
	       strcmp(description->media_type, PAIRS_MEDIA_TYPE) == 0 &&
	       strcmp(description->name, identifier_class_name(proof->identifier_class)) == 0;
}

/* The parts that it needs; where it is that one is missing, all of them. */
static int choose_parts(struct disclosing *d, const struct match_proof *proof, bool contacts,
                        struct error *error)
{
	struct opened_body body;
	bool found = false;
	int r = disclosing_body(d, proof->version, &body, error);

	if (r != OK)
		return r;
	for (size_t i = 0; i < body.count && r == OK; i++) {
		if (!is_wanted(&body.parts[i].line.description, proof, contacts))
			continue;
		found = true;
		r = disclosing_add_part(d, proof->version, &body, i + 1, error);
	}
	opened_body_release(&body);
	return r == OK && !found ? disclosing_add_all(d, proof->version, error) : r;
}

int list_evidence_choose(struct disclosing *d, const struct list_target *target,
                         struct match_proof *proof, bool contacts, struct error *error)
{
	int r;

	if ((r = rules_act_named(d->rules, bytes_of_string(target->list), &proof->list)) != OK ||
	    (r = rules_act_named(d->rules, bytes_of_string(target->version), &proof->version)) !=
	        OK)
		return error_set(error, r, _("the list is not in the record"));
	if (proof->by_acts &&
	    ((r = rules_act_named(d->rules, bytes_of_string(target->query), &proof->query)) != OK ||
	     (r = rules_act_named(d->rules, bytes_of_string(target->reply), &proof->reply)) != OK))
		return error_set(error, r, _("the question is not in the record"));
	if ((r = bundle_match_choose(d->writer, proof, error)) != OK)
		return r;
	if ((contacts || proof->shown == MATCH_SHOWS_BODY_DIFFERS) &&
	    (r = choose_parts(d, proof, contacts, error)) != OK)
		return r;
	return bundle_writer_later(d->writer, error);
}

/* --- where it goes --------------------------------------------------------------------------- */

/* `evidence/south-5-domain-1f2e…`: the same lie has the same place. */
static int find_directory(const struct disclosing *d, const struct list_target *target,
                          const struct match_proof *proof, char ret_path[EVIDENCE_PATH_CAPACITY],
                          struct error *error)
{
	char folder[EVIDENCE_PATH_CAPACITY];
	char digits[HASH_HEX_CAPACITY], name[160];
	struct bytes shown = bytes_of(proof->answer.text, proof->answer.size);
	struct hash hash;
	int r;

	if (proof->shown == MATCH_SHOWS_LABEL_UNOPENABLE)
		shown = bytes_of(proof->pair.bytes, sizeof(proof->pair.bytes));
	if (proof->by_acts)
		shown = bytes_of_string(target->reply);
	sha256_of(&hash, shown);
	hash_to_hex(&hash, digits);
	snprintf(name, sizeof(name), "%s-%s-%s-%.8s", target->version,
	         identifier_class_name(proof->identifier_class), match_shown_name(proof->shown),
	         digits);
	if ((r = settings_folder(&d->node.settings, "evidence", true, folder, sizeof(folder),
	                         error)) != OK)
		return r;
	if ((r = path_join(folder, name, ret_path, EVIDENCE_PATH_CAPACITY)) != OK)
		return error_set(error, r, _("a path is too long"));
	return OK;
}

static void advise_on(const char *directory, const struct node *node)
{
	advise(
	    _("The evidence is in %s. 'chiro verify %s' says what it shows to others; with "
	      "Python alone, verify-match.py in it does. It says nothing of what else was asked. "
	      "Nobody has been told: 'chiro act allege' says it to %s, on record, and 'chiro call' "
	      "by telephone."),
	    directory, directory, node->channel.other);
}

int list_evidence_write(const struct options *options, const struct list_target *target,
                        struct match_proof *proof, const char *directory,
                        char ret_directory[EVIDENCE_PATH_CAPACITY])
{
	const struct bundle_purpose purpose = match_purpose();
	struct error error = { 0 };
	struct disclosing disclosing;
	int r = ERROR_IO;

	snprintf(ret_directory, EVIDENCE_PATH_CAPACITY, "%s", directory == NULL ? "" : directory);
	if (disclosing_open(options, &disclosing) >= 0) {
		disclosing_close(&disclosing);
		return r;
	}
	if ((directory != NULL ||
	     (r = find_directory(&disclosing, target, proof, ret_directory, &error)) == OK) &&
	    !(directory == NULL && file_exists(ret_directory)) &&
	    (r = list_evidence_choose(&disclosing, target, proof, false, &error)) == OK)
		r = bundle_writer_write(disclosing.writer, ret_directory, &purpose, &error);
	if (r == OK)
		advise_on(ret_directory, &disclosing.node);
	else
		complain(_("no evidence could be written: %s"), error.message);
	disclosing_close(&disclosing);
	return r;
}
