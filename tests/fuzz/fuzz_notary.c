/* What anybody may send to a depositary. The first byte chooses a call; the rest is its
 * body, or, with the high bit, changes a good one: u16 place, u8 value, again and again.
 * Whatever it is, it is answered, and what is then in the store can be opened again. */
#include "neutral_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGED = 0x80, FRESH = 0x40 /* without what the calls before it left */ };

static struct neutral_fixture fixture;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void ask(struct notary *notary, enum neutral_body which, struct bytes body)
{
	struct neutral_answer answer = { 0 };
	unsigned status = neutral_ask(notary, which, body, &answer);

	require(status == 200 || (status >= 400 && status < 500));
	require(answer.body.size > 0);
}

/* A good body of this call, changed in some places. */
static void ask_changed(struct notary *notary, enum neutral_body which, struct bytes changes)
{
	struct cursor cursor = cursor_over(changes);
	struct buffer body;
	uint16_t place;
	uint8_t value;

	buffer_init(&body, NEUTRAL_BODY_MAXIMUM);
	require(buffer_put_bytes(&body, buffer_view(&fixture.bodies[which])) == OK);
	while (cursor_get_u16(&cursor, &place) == OK && cursor_get_u8(&cursor, &value) == OK)
		body.data[place % body.size] = value;
	ask(notary, which, buffer_view(&body));
	buffer_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notary *notary;
	struct store *store;
	enum neutral_body which;

	if (size == 0 || size > NEUTRAL_BODY_MAXIMUM)
		return 0;
	if (fixture.charter == NULL)
		neutral_fixture_init(&fixture);
	which = (enum neutral_body)((data[0] & 0x0f) % BODY_COUNT);
	require(store_open_memory(&store) == OK);
	require(neutral_open(&fixture, store, &notary) == OK);
	if ((data[0] & FRESH) == 0)
		for (int before = 0; before < (int)which; before++)
			ask(notary, (enum neutral_body)before,
			    buffer_view(&fixture.bodies[before]));
	if ((data[0] & CHANGED) != 0)
		ask_changed(notary, which, bytes_of(data + 1, size - 1));
	else
		ask(notary, which, bytes_of(data + 1, size - 1));
	notary_free(notary);
	require(neutral_open(&fixture, store, &notary) == OK);
	notary_free(notary);
	store_close(store);
	return 0;
}
