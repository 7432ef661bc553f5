/* A small bundle, one of whose files is what the input makes of it: the verifier ends, and
 * never takes a changed bundle for an intact one. What its maker says of it in `bundle`
 * may be said otherwise; then it is the same bundle, or one of fewer entries.
 *
 *     u8 which file, u8 how, u16 where, bytes
 */
#include "bundle_findings.h"
#include "bundle_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum how { REPLACED, OVERWRITTEN, INSERTED, CUT, HOW_COUNT };

static const char *const files[] = {
	"bundle",
	"charter.txt",
	"charter.south.sig",
	"allowed_signers",
	"verify.sh",
	"README.txt",
	"north/policy",
	"north/checkpoint",
	"south/checkpoint",
	"south/acts/000007.act",
	"south/acts/000007.sig",
	"south/acts/000007.tlog-proof",
	"south/acts/000007.receipt-proof",
	"north/acts/000008.act",
	"bodies/south-7/0001",
	"bodies/south-7/0001.proof",
	"bodies/south-7/0003.proof",
};

enum { FILE_COUNT = sizeof(files) / sizeof(files[0]) };

static struct bundle_fixture fixture;

static void forget_bundle(void)
{
	bundle_fixture_release(&fixture);
}

static void make_bundle(void)
{
	static bool made;

	if (made)
		return;
	made = true;
	bundle_fixture_init(&fixture);
	fixture_bundle(&fixture);
	atexit(forget_bundle);
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

/* What is shown of an intact bundle can be said. */
static void find(struct bundle *bundle)
{
	struct bundle_gap *gaps;
	size_t count;

	assert_ok(bundle_gaps(bundle, &gaps, &count));
	release_memory(gaps);
	bundle_release(bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer old, changed;
	struct bundle_report report;
	struct bundle bundle;
	struct error error;
	const char *file;
	bool same;

	make_bundle();
	if (size < 4)
		return 0;
	file = files[data[0] % FILE_COUNT];
	buffer_init(&old, 1 << 20);
	buffer_init(&changed, 1 << 22);
	read_file(fixture.path, file, &old);
	change(buffer_view(&old), (enum how)(data[1] % HOW_COUNT), (size_t)data[2] << 8 | data[3],
	       bytes_of(data + 4, size - 4), &changed);
	same = bytes_equal(buffer_view(&old), buffer_view(&changed));

	write_file(fixture.path, file, buffer_view(&changed));
	if (bundle_verify(fixture.path, NULL, 0, &bundle, &report, &error) != OK)
		abort();
	if (report.intact)
		find(&bundle);
	if (report.intact != same && (!report.intact || data[0] % FILE_COUNT != 0))
		abort();
	write_file(fixture.path, file, buffer_view(&old));
	buffer_release(&changed);
	buffer_release(&old);
	return 0;
}
