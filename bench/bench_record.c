/* Makes the record that is verified: bench_record DIRECTORY ACTS
 *
 * Two parties in conversation: an incident is notified, acknowledged and spoken
 * about, four acts by people and two receipts by nodes in turn, all signed. The
 * bodies that the acts name are not in the record. Keys come from fixed seeds,
 * so that the same record comes out every time. */
#include "cosignature.h"
#include "measure.h"
#include "record_writer.h"
#include "scenario.h"

struct conversation {
	struct scenario s;
	struct buffer heads[2];
};

static size_t size_of(const struct conversation *c)
{
	return c->s.counts[NORTH] + c->s.counts[SOUTH];
}

static struct act_place say(struct conversation *c, struct line line)
{
	struct act_place place = scenario_say(&c->s, line);

	assert_verdict(&c->s, VOID_NONE);
	return place;
}

/* One incident. The first line of each side goes behind a receipt. */
static void speak(struct conversation *c)
{
	struct act_place incident = say(c, (struct line){ NORTH, "a.head", KIND_NOTIFY });

	say(c, (struct line){ NORTH, "a.head", KIND_COMMENT, .matter = &incident });
	say(c, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &incident });
	say(c, (struct line){ SOUTH, "b.head", KIND_COMMENT, .matter = &incident });
}

/* --- heads ---------------------------------------------------------------- */

static struct note_key log_key(const struct conversation *c, unsigned party, const char *suffix,
                               enum note_key_type type, const struct ed25519_secret *secret)
{
	char name[LOG_NAME_CAPACITY];
	struct note_key key;

	charter_log_name(c->s.charter, party, 1, suffix, name);
	assert_ok(note_key_init(&key, bytes_of_string(name), type, &secret->public_key));
	return key;
}

/* The head of all of a log, signed, and cosigned by the other side. */
static void sign_head(struct conversation *c, unsigned party)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(c->s.rules, party));
	struct ed25519_secret log = fixture_secret(party, FIXTURE_LOG);
	struct ed25519_secret receipt = fixture_secret(1 - party, FIXTURE_RECEIPT);
	struct note_key key = log_key(c, party, "", NOTE_KEY_ED25519, &log);
	struct note_key cosigner = log_key(c, 1 - party, "/receipt", NOTE_KEY_COSIGNATURE,
	                                   &receipt);
	struct checkpoint checkpoint = { .size = c->s.counts[party] };
	struct buffer *note = &c->heads[party], text;

	memcpy(checkpoint.origin, key.name, sizeof checkpoint.origin);
	assert_ok(tree_reader_root(&reader, checkpoint.size, &checkpoint.root));
	buffer_init(note, NOTE_MAXIMUM);
	buffer_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	assert_ok(checkpoint_print(&checkpoint, &text));
	assert_ok(buffer_put_bytes(note, buffer_view(&text)));
	assert_ok(buffer_put_string(note, "\n"));
	assert_ok(note_sign(&key, &log, buffer_view(&text), note));
	assert_ok(cosignature_sign(&cosigner, &receipt, c->s.now, buffer_view(&text), note));
	buffer_release(&text);
}

/* --- writing --------------------------------------------------------------- */

static int give_entry(void *context, struct act_place place, struct buffer *entry,
                      struct error *error)
{
	struct conversation *c = context;

	(void)error;
	return buffer_put_bytes(entry,
	                        buffer_view(&c->s.entries[place.party][place.number]->bytes));
}

static void write_record(struct conversation *c, const char *directory)
{
	struct record_source source = {
		.context = c,
		.charter = c->s.charter->text,
		.heads = { buffer_view(&c->heads[NORTH]), buffer_view(&c->heads[SOUTH]) },
		.entry = give_entry,
	};
	struct error error;

	if (record_write(directory, &source, NULL, NULL, &error) != OK)
		bench_fail("%s: %s", directory, error.message);
}

int main(int count, char **arguments)
{
	struct conversation c;
	unsigned long acts;

	if (count != 3 || (acts = strtoul(arguments[2], NULL, 10)) < 20)
		bench_fail("bench_record DIRECTORY ACTS (20 or more)");
	scenario_init(&c.s, NULL);
	c.s.sign = true;
	scenario_open(&c.s);
	while (size_of(&c) + 2 < acts)
		speak(&c);
	scenario_receipt(&c.s, NORTH);
	assert_ok(c.s.result);
	scenario_receipt(&c.s, SOUTH);
	assert_ok(c.s.result);
	sign_head(&c, NORTH);
	sign_head(&c, SOUTH);
	write_record(&c, arguments[1]);
	buffer_release(&c.heads[NORTH]);
	buffer_release(&c.heads[SOUTH]);
	scenario_release(&c.s);
	return 0;
}
