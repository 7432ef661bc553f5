/* The vectors of tests/vectors/act, for other implementations: a charter, its
 * cards, an entry of every kind signed with keys of fixed seeds, and texts to be
 * refused. They are made again here and must come out as the files say. With
 * CHIRO_WRITE_VECTORS set the files are written instead. */
#include "rules.h"
#include "sha.h"
#include "stamp_fixture.h"
#include "text_fixture.h"

enum { FILE_MAXIMUM = 256 * 1024, PATH_MAXIMUM = 4096, LOGGED = 1795356340 };

static bool writing;

static void path_of(const char *name, char ret_path[PATH_MAXIMUM])
{
	const char *root = getenv("CHIRO_ROOT");

	snprintf(ret_path, PATH_MAXIMUM, "%s/tests/vectors/act/%s", root == NULL ? "." : root,
	         name);
}

static void read_file(const char *name, struct buffer *content)
{
	char path[PATH_MAXIMUM];
	uint8_t block[4096];
	size_t size;
	FILE *file;

	path_of(name, path);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s is missing", path);
	while ((size = fread(block, 1, sizeof(block), file)) > 0)
		assert_ok(buffer_put(content, block, size));
	fclose(file);
}

/* The file `name` holds `content`, or is made to. */
static void check_file(const char *name, struct bytes content)
{
	struct buffer found;

	if (writing) {
		char path[PATH_MAXIMUM];
		FILE *file;

		path_of(name, path);
		file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
		assert_int_equal(fclose(file), 0);
		return;
	}
	buffer_init(&found, FILE_MAXIMUM);
	read_file(name, &found);
	if (!bytes_equal(content, buffer_view(&found)))
		fail_msg("%s is not what is made", name);
	buffer_release(&found);
}

static void put_index(struct buffer *index, const char *name, const char *what,
                      const struct hash *hash)
{
	char encoded[HASH_BASE64_CAPACITY];

	hash_to_base64(hash, encoded);
	assert_ok(buffer_put_format(index, "%s %s %s\n", name, what, encoded));
}

static struct charter *make_charter(struct buffer *index)
{
	struct buffer vkeys[2];
	struct charter draft = fixture_full_charter(vkeys);
	struct charter *charter;
	struct buffer text;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(&draft, &text, NULL));
	check_file("charter.txt", buffer_view(&text));
	assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
	assert_ok(buffer_put_format(index, "charter.txt channel %s\n", charter->channel));
	buffer_release(&text);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
	return charter;
}

static void make_card(const struct charter *charter, unsigned party, struct buffer *index)
{
	struct buffer text;
	struct party parsed;
	struct hash identity;
	char name[64];

	buffer_init(&text, CARD_SIZE_MAXIMUM);
	assert_ok(card_print(&charter->parties[party], &text, NULL));
	assert_ok(card_parse(buffer_view(&text), &parsed, NULL));
	snprintf(name, sizeof(name), "%s.card.txt", charter->parties[party].id);
	check_file(name, buffer_view(&text));
	sha256_of(&identity, buffer_view(&text));
	put_index(index, name, "card", &identity);
	buffer_release(&text);
}

/* The text of a kind with all that it can have, in this charter's channel; an
 * accession carries the head's real signature. */
static void make_text(const struct charter *charter, const struct kind *kind, struct buffer *text)
{
	struct ed25519_secret head = fixture_secret(0, FIXTURE_HEAD);
	struct buffer whole;
	struct buffer blob;
	struct buffer line;

	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&line, ENTRY_SIZE_MAXIMUM);
	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	fixture_put_full_act(&whole, kind);
	assert_ok(buffer_put_format(&line, "channel %s%c", charter->channel, '\0'));
	replace_line(text, &whole, 2, (const char *)line.data);
	if (kind->number == KIND_ACCEDE) {
		buffer_clear(&whole);
		assert_ok(buffer_put_bytes(&whole, buffer_view(text)));
		buffer_clear(&line);
		assert_ok(sshsig_sign_blob(&head, CHARTER_NAMESPACE, charter->text, &blob));
		assert_ok(charter_verify_blob(charter, 0, buffer_view(&blob), NULL));
		assert_ok(buffer_put_string(&line, "signature "));
		assert_ok(base64_encode(&line, buffer_view(&blob), BASE64_PADDED));
		assert_ok(buffer_put_u8(&line, '\0'));
		replace_line(text, &whole, find_line(&whole, "signature"), (const char *)line.data);
	}
	buffer_release(&blob);
	buffer_release(&line);
	buffer_release(&whole);
}

static enum fixture_key author_key(const struct kind *kind)
{
	if ((kind->signers & ROLE_NODE) != 0)
		return FIXTURE_NODE;
	return kind->signers == ROLE_APPOINTING ? FIXTURE_APPOINTING : FIXTURE_HEAD;
}

/* The entry of a text, into `bytes`, which it is a view of; it and its file are named
 * in the index. */
static void make_entry_of(const char *name, struct bytes text, const struct kind *kind,
                          struct buffer *bytes, struct entry *ret_entry, struct ssh_key keys[2],
                          struct buffer *index)
{
	struct ed25519_secret secrets[2] = { fixture_secret(0, author_key(kind)),
		                             fixture_secret(0, FIXTURE_DEPUTY) };
	unsigned count = kind->cosigner == ABSENT ? 1 : 2;
	struct bytes armors[2];
	struct buffer buffers[2];

	for (unsigned i = 0; i < 2; i++) {
		buffer_init(&buffers[i], SSHSIG_ARMOR_MAXIMUM);
		assert_ok(sshsig_sign(&secrets[i], ACT_NAMESPACE, text, &buffers[i]));
		armors[i] = buffer_view(&buffers[i]);
	}
	assert_ok(entry_make(text, armors, count, LOGGED, bytes, &(struct entry){ 0 }, NULL));
	assert_ok(entry_parse(buffer_view(bytes), ret_entry, NULL));
	assert_ok(entry_verify(ret_entry, keys, NULL));
	check_file(name, buffer_view(bytes));
	put_index(index, name, "identity", &ret_entry->act.identity);
	put_index(index, name, "leaf", &ret_entry->leaf);
	buffer_release(&buffers[0]);
	buffer_release(&buffers[1]);
}

static void make_entry(const struct charter *charter, const struct kind *kind, struct buffer *index)
{
	struct buffer text;
	struct buffer bytes;
	struct ssh_key keys[2];
	struct entry entry;
	char name[64];

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&bytes, ENTRY_SIZE_MAXIMUM);
	make_text(charter, kind, &text);
	snprintf(name, sizeof(name), "%s.txt", kind->name);
	make_entry_of(name, buffer_view(&text), kind, &bytes, &entry, keys, index);
	buffer_release(&bytes);
	buffer_release(&text);
}

/* What the acts about lists are in the modes and with the fields that come second. */
static void make_lists(const struct charter *charter, struct buffer *index)
{
	static const struct {
		const char *name;
		enum kind_number kind;
		size_t first;
		unsigned without;
	} acts[] = {
		{ "list-match-only.txt", KIND_LIST, 1, WITH_ANSWERS },
		{ "list-swap.txt", KIND_LIST, 2, WITH_BODY | WITH_MARKING | WITH_EYES },
		{ "update-list-match-only.txt", KIND_UPDATE_LIST, 1, 0 },
		{ "reply-evaluated.txt", KIND_REPLY, 0, WITH_FIELD << 1 },
		{ "reply-refused.txt", KIND_REPLY, 0, WITH_FIELD },
	};
	struct buffer whole, line, text, bytes;

	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&line, ENTRY_SIZE_MAXIMUM);
	assert_ok(buffer_put_format(&line, "channel %s%c", charter->channel, '\0'));
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		const struct kind *kind = kind_by_number(acts[i].kind);
		struct ssh_key keys[2];
		struct entry entry;

		buffer_init(&text, ENTRY_SIZE_MAXIMUM);
		buffer_init(&bytes, ENTRY_SIZE_MAXIMUM);
		buffer_clear(&whole);
		fixture_put_act(&whole, kind, fixture_switches(kind) & ~acts[i].without,
		                fixture_first(kind, acts[i].first));
		replace_line(&text, &whole, 2, (const char *)line.data);
		make_entry_of(acts[i].name, buffer_view(&text), kind, &bytes, &entry, keys, index);
		buffer_release(&bytes);
		buffer_release(&text);
	}
	buffer_release(&line);
	buffer_release(&whole);
}

/* The text of a stamp of this note, about north's log. */
static void make_stamp_text(const struct charter *charter, const char *note, struct buffer *text)
{
	struct buffer whole, about, line;

	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&about, ENTRY_SIZE_MAXIMUM);
	buffer_init(&line, ENTRY_SIZE_MAXIMUM);
	make_text(charter, kind_by_number(KIND_STAMP), &whole);
	replace_line(&about, &whole, find_line(&whole, "log"), "log north");
	assert_ok(buffer_put_format(&line, "note %s%c", note, '\0'));
	replace_line(text, &about, find_line(&about, "note"), (const char *)line.data);
	buffer_release(&whole);
	buffer_release(&about);
	buffer_release(&line);
}

/* A stamp of each form that is valid as an entry of the log whose entry 0 is accede.txt. */
static void make_stamps(const struct charter *charter, struct buffer *index)
{
	static const char *const names[STAMP_FORM_COUNT] = {
		[STAMP_CHECKPOINT] = "stamp-checkpoint.txt",
		[STAMP_CERTIFICATE] = "stamp-certificate.txt",
		[STAMP_ANSWER] = "stamp-answer.txt",
	};
	struct buffer bytes[1 + STAMP_FORM_COUNT], text, value;
	struct verdict verdict;
	struct ssh_key keys[2];
	struct entry entry;
	struct rules *rules;

	assert_ok(rules_new(charter, &rules));
	buffer_init(&bytes[STAMP_FORM_COUNT], ENTRY_SIZE_MAXIMUM);
	read_file("accede.txt", &bytes[STAMP_FORM_COUNT]);
	assert_ok(entry_parse(buffer_view(&bytes[STAMP_FORM_COUNT]), &entry, NULL));
	assert_ok(entry_verify(&entry, keys, NULL));
	assert_ok(rules_append(rules, 0, &entry, keys, &verdict, NULL));
	buffer_init(&value, SCENARIO_VALUE_MAXIMUM);
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++) {
		struct word word = { .form = form, .size = 1, .time = LOGGED };

		buffer_init(&text, ENTRY_SIZE_MAXIMUM);
		buffer_init(&bytes[form], ENTRY_SIZE_MAXIMUM);
		make_stamp_text(charter, word_value(charter, rules, &word, &value), &text);
		make_entry_of(names[form], buffer_view(&text), kind_by_number(KIND_STAMP),
		              &bytes[form], &entry, keys, index);
		assert_ok(rules_append(rules, 0, &entry, keys, &verdict, NULL));
		assert_int_equal(verdict.reason, VOID_NONE);
		buffer_release(&text);
	}
	for (unsigned i = 0; i <= STAMP_FORM_COUNT; i++)
		buffer_release(&bytes[i]);
	buffer_release(&value);
	rules_free(rules);
}

/* Wrong texts of an act, made of a right one. */
static void make_refused(const struct charter *charter, struct buffer *index)
{
	static const struct {
		const char *name;
		const char *start; /* of the line of `propose` that is replaced */
		const char *line;
	} texts[] = {
		{ "refused-order.txt", "author", "cosigner a.deputy\nauthor a.head" },
		{ "refused-unknown-key.txt", "act ", "act propose\nnote x" },
		{ "refused-unknown-kind.txt", "act ", "act tender" },
		{ "refused-matter.txt", "matter", "matter north-7 " FIXTURE_HASH },
		{ "refused-number.txt", "body", "body 04 " FIXTURE_HASH " 8192 " FIXTURE_HASH },
		{ "refused-base64.txt", "body",
		  "body 4 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV= 8192 " FIXTURE_HASH },
		{ "refused-time.txt", "due", "due 2026-12-02T00:00:60Z" },
		{ "refused-space.txt", "precedence", "precedence  routine" },
		{ "refused-final-space.txt", "precedence", "precedence routine " },
		{ "refused-return.txt", "precedence", "precedence routine\r" },
		{ "refused-marking.txt", "marking", "marking TLP:WHITE" },
		{ "refused-missing.txt", "expires", NULL },
		{ "refused-eyes.txt", "body", NULL },
		{ "refused-exercise.txt", "exercise", "exercise no" },
	};
	struct buffer whole;
	struct buffer text;

	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	make_text(charter, kind_by_number(KIND_PROPOSE), &whole);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error error;
		struct act act;

		replace_line(&text, &whole, find_line(&whole, texts[i].start), texts[i].line);
		assert_int_not_equal(act_parse(buffer_view(&text), &act, &error), OK);
		check_file(texts[i].name, buffer_view(&text));
		assert_ok(buffer_put_format(index, "%s refused %zu\n", texts[i].name, error.line));
	}
	buffer_release(&text);
	buffer_release(&whole);
}

static void test_vectors(void **state)
{
	struct charter *charter;
	struct buffer index;

	(void)state;
	buffer_init(&index, FILE_MAXIMUM);
	charter = make_charter(&index);
	make_card(charter, 0, &index);
	make_card(charter, 1, &index);
	for (size_t i = 0; i < KIND_COUNT; i++)
		make_entry(charter, kind_by_number(i), &index);
	make_stamps(charter, &index);
	make_lists(charter, &index);
	make_refused(charter, &index);
	check_file("index.txt", buffer_view(&index));
	charter_free(charter);
	buffer_release(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
	};

	writing = getenv("CHIRO_WRITE_VECTORS") != NULL;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
