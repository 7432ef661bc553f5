/* Certificates, answers and requests have one spelling: what is read is printed byte for
 * byte. The whole input is also read as a signed note and as an envelope. */
#include "deposit_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_requests(struct bytes input)
{
	struct deposit_request deposit;
	struct collect_request collect;
	struct collect_envelope envelope;
	struct buffer printed;
	struct bytes rest;
	struct error error;

	buffer_init(&printed, COLLECT_ENVELOPE_MAXIMUM);
	if (deposit_request_parse(input, &deposit, &error) == OK) {
		require(deposit_request_print(&deposit, &printed) == OK);
		require(bytes_equal(input, buffer_view(&printed)));
	}
	buffer_clear(&printed);
	if (collect_request_parse(input, &collect, &error) == OK) {
		require(collect_request_print(&collect, &printed) == OK);
		require(bytes_equal(input, buffer_view(&printed)));
	}
	buffer_clear(&printed);
	if (collect_envelope_get(input, &envelope, &rest) == OK) {
		require(collect_envelope_put(&envelope, &printed) == OK);
		require(printed.size + rest.size == input.size);
		require(bytes_equal(bytes_of(input.data, printed.size), buffer_view(&printed)));
	}
	buffer_release(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct note_key nobody = { .name = "d.example", .type = NOTE_KEY_COSIGNATURE };
	struct bytes input = bytes_of(data, size);
	struct deposit_certificate certificate;
	struct collection_answer answer;
	struct buffer printed;
	struct error error;

	buffer_init(&printed, DEPOSIT_TEXT_MAXIMUM);
	if (deposit_certificate_parse(input, &certificate, &error) == OK) {
		require(deposit_certificate_print(&certificate, &printed) == OK);
		require(bytes_equal(input, buffer_view(&printed)));
		require(deposit_format_of(input) == DEPOSIT_CERTIFICATE);
	}
	buffer_clear(&printed);
	if (collection_answer_parse(input, &answer, &error) == OK) {
		require(collection_answer_print(&answer, &printed) == OK);
		require(bytes_equal(input, buffer_view(&printed)));
		require(deposit_format_of(input) == DEPOSIT_ANSWER);
	}
	buffer_release(&printed);
	read_requests(input);
	/* Nobody has the key of all zeros. */
	require(deposit_certificate_verify(input, &nobody, &certificate, &error) != OK);
	require(collection_answer_verify(input, &nobody, &answer, &error) != OK);
	return 0;
}
