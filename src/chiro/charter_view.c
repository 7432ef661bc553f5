/* Showing a charter to people. */
#include "cards.h"
#include "charter_command.h"
#include "terminal.h"
#include "translate.h"

enum { SHOWN_ID = 20, LABEL = 34 };

static void print_value(const char *label, const char *value)
{
	fputs("  ", stdout);
	print_padded(stdout, label, LABEL);
	put_visible(stdout, bytes_of_string(value), false);
	fputc('\n', stdout);
}

static void print_duration(const char *label, int64_t seconds)
{
	char text[DURATION_CAPACITY];

	duration_format(seconds, text);
	print_value(label, text);
}

static void print_number(const char *label, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	print_value(label, text);
}

static void print_heading(const char *heading)
{
	printf("\n%s%s%s\n", style(stdout, STYLE_STRONG), heading, style(stdout, STYLE_PLAIN));
}

static void print_clocks(const struct charter *charter)
{
	static const struct {
		enum clock_number clock;
		const char *label;
	} clocks[] = {
		{ CLOCK_REQUEST, N_("answer a request") },
		{ CLOCK_POSITION, N_("take a position") },
		{ CLOCK_LIST_CHANGES, N_("acknowledge, or open, a list") },
		{ CLOCK_FULL_LIST, N_("publish a list anew") },
		{ CLOCK_INCIDENT_UPDATE, N_("update an incident") },
		{ CLOCK_CONCLUSION, N_("conclude an incident") },
	};

	print_heading(_("Clocks"));
	for (int i = 0; i < PRECEDENCE_COUNT; i++) {
		char label[96];

		snprintf(label, sizeof(label), _("acknowledge %s"),
		         precedence_name((enum precedence)i));
		print_duration(label, charter->acknowledge[i]);
	}
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		print_duration(_(clocks[i].label), charter->clocks[clocks[i].clock]);
	print_duration(_("answer a flash request"), charter->request_flash);
	print_duration(_("test the link every"), charter->link_test_every);
	print_number(_("failed after so many tests"), charter->link_test_failures);
}

static void print_two_signatures(const struct charter *charter)
{
	char list[1024] = "";

	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t used = strlen(list);

		if (kind_set_has(&charter->two_signatures, (enum kind_number)i))
			snprintf(list + used, sizeof(list) - used, "%s%s", used > 0 ? " " : "",
			         kind_by_number((enum kind_number)i)->name);
	}
	print_value(_("two signatures for"), list[0] != '\0' ? list : _("nothing"));
}

static void print_handling(const struct charter *charter)
{
	static const struct {
		unsigned bit;
		const char *name;
	} survivals[] = {
		{ SURVIVES_CONFIDENTIALITY, "confidentiality" },
		{ SURVIVES_RIGHT_OF_REPLY, "right-of-reply" },
		{ SURVIVES_RETENTION, "retention" },
		{ SURVIVES_NOTICES, "notices" },
	};
	char list[128] = "";

	print_heading(_("Handling and exit"));
	print_two_signatures(charter);
	print_value(_("communications are confidential"),
	            charter->confidential ? _("yes") : _("no"));
	print_value(_("right of reply"), charter->right_of_reply ? _("yes") : _("no"));
	for (int i = 0; i < 2; i++) {
		char label[96];

		snprintf(label, sizeof(label), _("%s keeps the record"), charter->parties[i].id);
		print_duration(label, charter->retention[i]);
	}
	print_duration(_("notice of withdrawal"), charter->notice);
	for (size_t i = 0; i < sizeof(survivals) / sizeof(survivals[0]); i++) {
		size_t used = strlen(list);

		if ((charter->survives & survivals[i].bit) != 0)
			snprintf(list + used, sizeof(list) - used, "%s%s", used > 0 ? " " : "",
			         survivals[i].name);
	}
	print_value(_("outlives it"), list[0] != '\0' ? list : _("nothing"));
	print_duration(_("wait for a body"), charter->blob_wait);
	print_number(_("entries a day from one side"), charter->quota_entries);
	print_number(_("bytes a day from one side"), charter->quota_bytes);
	print_number(_("private queries a day"), charter->query_budget_day);
	print_number(_("private queries a list"), charter->query_budget_list);
	print_number(_("pairs in a class of a list"), charter_list_pairs(charter));
}

static void print_neutrals(const struct charter *charter)
{
	print_heading(_("Neutrals"));
	if (charter->witness_count == 0)
		print_value(_("witness"), _("none"));
	for (size_t i = 0; i < charter->witness_count; i++) {
		fputs("  ", stdout);
		print_padded(stdout, _("witness"), LABEL);
		put_visible(stdout, charter->witnesses[i], false);
		fputc('\n', stdout);
	}
	print_number(_("witnesses that must cosign"), charter->quorum);
	if (charter->depositary.size == 0) {
		print_value(_("depositary"), _("none"));
		return;
	}
	fputs("  ", stdout);
	print_padded(stdout, _("depositary"), LABEL);
	put_visible(stdout, charter->depositary, false);
	fputc('\n', stdout);
	print_duration(_("allowance for deemed receipt"), charter->deemed_allowance);
}

void charter_view(const struct charter *charter)
{
	char languages[LANGUAGES_MAXIMUM * (LANGUAGE_CAPACITY + 1)] = "";

	printf(_("Charter of channel %.*s, rules %llu\n"), SHOWN_ID, charter->channel,
	       (unsigned long long)charter->rules);
	if (charter->succeeds[0] != '\0')
		printf(_("Succeeds channel %.*s\n"), SHOWN_ID, charter->succeeds);
	for (size_t i = 0; i < charter->language_count; i++) {
		size_t used = strlen(languages);

		snprintf(languages + used, sizeof(languages) - used, "%s%s", used > 0 ? " " : "",
		         charter->languages[i]);
	}
	for (int i = 0; i < 2; i++) {
		fputc('\n', stdout);
		print_party(stdout, &charter->parties[i]);
	}
	print_heading(_("Languages"));
	print_value(_("languages"), languages);
	print_value(_("authentic"),
	            charter->authentic[0] != '\0' ? charter->authentic : _("all equally"));
	print_clocks(charter);
	print_handling(charter);
	print_neutrals(charter);
	if (charter->free_text.size > 0) {
		print_heading(_("Text"));
		put_visible(stdout, charter->free_text, true);
	}
	puts(_("\nFingerprint of the charter:\n"));
	print_fingerprint(stdout, charter->text);
}
