/* A certificate of silence, one of whose files is what the input makes of it: the verifier
 * ends, and what it takes for intact says of the act what it said before.
 *
 *     u8 which file, u8 how, u16 where, bytes
 */
#include "silence_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum how { REPLACED, OVERWRITTEN, INSERTED, CUT, HOW_COUNT };

static const char *const files[] = {
	"silence",          "certificate.txt",       "bundle",
	"south/checkpoint", "south/acts/000017.act", "south/acts/000018.act",
	"north/checkpoint", "charter.txt",
};

enum { FILE_COUNT = sizeof(files) / sizeof(files[0]) };

static struct silence_fixture fixture;

static void forget_certificate(void)
{
	silence_fixture_release(&fixture);
}

static void make_certificate(void)
{
	static bool made;

	if (made)
		return;
	made = true;
	silence_fixture_init(&fixture);
	make(&fixture, SILENCE_SPAN);
	atexit(forget_certificate);
}

/* What becomes of a content. */
static void change(struct bytes old, enum how how, size_t place, struct bytes with,
                   struct buffer *changed)
{
	size_t at = old.size == 0 ? 0 : place % (old.size + 1);
	struct bytes rest = bytes_of(old.data + at, old.size - at);
	size_t gone = how == OVERWRITTEN ? with.size : how == CUT ? rest.size : 0;

	if (how == REPLACED) {
		assert_ok(buffer_put_bytes(changed, with));
		return;
	}
	if (gone > rest.size)
		gone = rest.size;
	assert_ok(buffer_put(changed, old.data, at));
	assert_ok(buffer_put_bytes(changed, with));
	assert_ok(buffer_put(changed, rest.data + gone, rest.size - gone));
}

/* What its maker says in `bundle` may be said otherwise. */
static void check(bool same)
{
	struct bundle_purpose purpose = silence_purpose();
	struct silence_statement statement;
	struct bundle_report report;
	struct bundle bundle;
	struct silence silence;

	if (bundle_verify(fixture.path, &purpose, 1, &bundle, &report, NULL) != OK ||
	    (same && !report.intact))
		abort();
	if (!report.intact)
		return;
	if (strcmp(bundle.text.purpose, "silence") == 0 &&
	    (bundle_silence(&bundle, &statement, &silence, NULL) != OK ||
	     silence.deadline != fixture.silence.deadline ||
	     silence.late_time != fixture.silence.late_time ||
	     strcmp(silence.name, fixture.silence.name) != 0))
		abort();
	bundle_release(&bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer old, changed;
	const char *file;

	make_certificate();
	if (size < 4)
		return 0;
	file = files[data[0] % FILE_COUNT];
	buffer_init(&old, 1 << 20);
	buffer_init(&changed, 1 << 22);
	read_file(fixture.path, file, &old);
	change(buffer_view(&old), (enum how)(data[1] % HOW_COUNT), (size_t)data[2] << 8 | data[3],
	       bytes_of(data + 4, size - 4), &changed);
	write_file(fixture.path, file, buffer_view(&changed));
	check(bytes_equal(buffer_view(&old), buffer_view(&changed)));
	write_file(fixture.path, file, buffer_view(&old));
	buffer_release(&changed);
	buffer_release(&old);
	return 0;
}
