/* What a bundle says of itself, and the proof of a receipt: each has one spelling.
 *
 *     the lines of the file `bundle` after the channel's; or the whole of a receipt-proof
 */
#include "act_fixture.h"
#include "bundle_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct charter *charter;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void forget_charter(void)
{
	charter_free(charter);
}

static void make_charter(void)
{
	struct charter model = fixture_charter();
	struct buffer text;

	if (charter != NULL)
		return;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	require(charter_print(&model, &text, NULL) == OK);
	require(charter_parse(buffer_view(&text), &charter, NULL) == OK);
	buffer_release(&text);
	atexit(forget_charter);
}

static void try_proof(struct bytes input)
{
	struct tree_proof path;
	struct buffer printed;
	struct error error;

	if (receipt_proof_parse(input, &path, &error) != OK)
		return;
	buffer_init(&printed, RECEIPT_PROOF_MAXIMUM);
	require(receipt_proof_print(&path, &printed) == OK);
	require(bytes_equal(input, buffer_view(&printed)));
	buffer_release(&printed);
}

static void try_text(struct bytes input)
{
	struct bundle_text text;
	struct buffer whole, printed;
	struct error error;

	buffer_init(&whole, BUNDLE_TEXT_MAXIMUM);
	buffer_init(&printed, BUNDLE_TEXT_MAXIMUM);
	if (buffer_put_format(&whole, "chirograph.bundle/1\npurpose disclosure\nchannel %s\n",
	                      charter->channel) == OK &&
	    buffer_put_bytes(&whole, input) == OK &&
	    bundle_text_parse(buffer_view(&whole), charter, &text, &error) == OK) {
		require(bundle_text_print(&text, charter, &printed) == OK);
		require(bytes_equal(buffer_view(&whole), buffer_view(&printed)));
		require(text.act_count <= BUNDLE_ACTS_MAXIMUM);
		for (size_t i = 0; i < text.subject_count; i++)
			require(bundle_text_has(&text, text.subjects[i]));
		bundle_text_release(&text);
	}
	buffer_release(&whole);
	buffer_release(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	make_charter();
	try_text(bytes_of(data, size));
	try_proof(bytes_of(data, size));
	return 0;
}
