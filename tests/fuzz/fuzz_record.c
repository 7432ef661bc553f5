/* A small record, one of whose files is what the input makes of it: the verifier ends,
 * and never takes a changed record for an intact one.
 *
 *     u8 which file, u8 how, u16 where, bytes
 */
#include "record_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum how { REPLACED, OVERWRITTEN, INSERTED, CUT, HOW_COUNT };

static const char *const files[] = {
	"charter.txt",
	"charter.north.sig",
	"allowed_signers",
	"verify.sh",
	"north/policy",
	"north/checkpoint",
	"north/tile/0/000.p/13",
	"north/tile/entries/000.p/13",
	"south/tile/entries/000.p/18",
	"south/checkpoint",
	"south/acts/000007.act",
	"south/acts/000007.sig",
	"north/acts/000006.2.sig",
	"south/acts/000007.tlog-proof",
	"bodies/south-7.age",
	"bodies/south-7/manifest",
	"bodies/south-7/0001",
};

enum { FILE_COUNT = sizeof(files) / sizeof(files[0]) };

static struct record_fixture fixture;

static void forget_record(void)
{
	record_fixture_release(&fixture);
}

static void make_record(void)
{
	static bool made;

	if (made)
		return;
	made = true;
	record_fixture_init(&fixture, 0);
	fixture.opens = true;
	fixture_write(&fixture);
	atexit(forget_record);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_verify_options options = { .threads = 1 };
	struct buffer old, changed;
	struct record_report report;
	struct error error;
	const char *file;
	bool same;

	make_record();
	if (size < 4)
		return 0;
	file = files[data[0] % FILE_COUNT];
	buffer_init(&old, 1 << 20);
	buffer_init(&changed, 1 << 22);
	read_file(fixture.record, file, &old);
	change(buffer_view(&old), (enum how)(data[1] % HOW_COUNT), (size_t)data[2] << 8 | data[3],
	       bytes_of(data + 4, size - 4), &changed);
	same = bytes_equal(buffer_view(&old), buffer_view(&changed));

	write_file(fixture.record, file, buffer_view(&changed));
	if (record_verify(fixture.record, &options, &report, &error) != OK || report.intact != same)
		abort();
	write_file(fixture.record, file, buffer_view(&old));
	buffer_release(&changed);
	buffer_release(&old);
	return 0;
}
