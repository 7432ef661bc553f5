/* The page of a certificate of silence. Its words are part of the format, in each of its
 * languages: whoever verifies a certificate prints the page anew and compares. So they stand
 * here, and are not translated by catalogues, which change. Words in braces are replaced. */
#include "silence.h"

#include "encoding.h"
#include "tree_reader.h"

#include <stdio.h>

enum { LABEL_COLUMNS = 13, VALUE_CAPACITY = 128, NAME_COLUMNS = 48, VALUES_MAXIMUM = 32 };

enum phrase {
	PHRASE_TITLE,
	PHRASE_EXERCISE,
	PHRASE_CHANNEL,
	PHRASE_BETWEEN,
	PHRASE_FINDING,
	PHRASE_FINDING_ACKNOWLEDGE,
	PHRASE_FINDING_CLOSED,
	PHRASE_FINDING_CLOSED_ACKNOWLEDGE,
	PHRASE_ACT,
	PHRASE_LEAF,
	PHRASE_PRECEDENCE,
	PHRASE_START_RECEIPT,
	PHRASE_START_SEEN,
	PHRASE_START_DEEMED,
	PHRASE_DEADLINE,
	PHRASE_AMENDED,
	PHRASE_DUE,
	PHRASE_DEFERRED,
	PHRASE_HEAD,
	PHRASE_ROOT,
	PHRASE_LATE_STAMP,
	PHRASE_LATE_ENTRY,
	PHRASE_LATE_CLOSE,
	PHRASE_SHOWN_WHOLE,
	PHRASE_SHOWN_SPAN,
	PHRASE_PROVES,
	PHRASE_PROVES_ACKNOWLEDGE,
	PHRASE_REBUTTAL,
	PHRASE_OPEN_WHOLE,
	PHRASE_OPEN_SPAN,
	PHRASE_OPEN_AUTHOR,
	PHRASE_OPEN_DEPOSIT,
	PHRASE_CHECK,
	PHRASE_COUNT
};

/* The label, a tab, and what is said. */
static const char *const phrases[PHRASE_COUNT][SILENCE_LANGUAGE_COUNT] = {
	[PHRASE_TITLE] = { "CERTIFICATE OF SILENCE", "СВИДЕТЕЛЬСТВО О МОЛЧАНИИ" },
	[PHRASE_EXERCISE] = { "EXERCISE: all of this belongs to an exercise",
	                      "УЧЕНИЕ: всё это относится к учению" },
	[PHRASE_CHANNEL] = { "Channel\t{channel}", "Канал\t{channel}" },
	[PHRASE_BETWEEN] = { "Parties\t{first} ({first-domain}), {second} ({second-domain})",
	                     "Стороны\t{first} ({first-domain}), {second} ({second-domain})" },
	[PHRASE_FINDING] = { "Finding\t{silent} has not answered {act}: no answer came by "
	                     "{deadline}, and none up to {late-time}.",
	                     "Вывод\tСторона {silent} не ответила на {act}: ответа не было ни "
	                     "к {deadline}, ни вплоть до {late-time}." },
	[PHRASE_FINDING_ACKNOWLEDGE] = { "Finding\tNobody of {silent} has acknowledged {act}: "
	                                 "neither an acknowledgement nor "
	                                 "an answer came by {deadline}, and none up to "
	                                 "{late-time}.",
	                                 "Вывод\tНикто на стороне {silent} не подтвердил прочтения "
	                                 "{act}: ни подтверждения, "
	                                 "ни ответа не было ни к {deadline}, ни вплоть до "
	                                 "{late-time}." },
	[PHRASE_FINDING_CLOSED] = { "Finding\t{silent} has not answered {act}, which it owed by "
	                            "{deadline}, and has "
	                            "closed its log.",
	                            "Вывод\tСторона {silent} не ответила на {act}, хотя должна "
	                            "была к {deadline}, и "
	                            "закрыла журнал." },
	[PHRASE_FINDING_CLOSED_ACKNOWLEDGE] = { "Finding\tNobody of {silent} has acknowledged "
	                                        "{act}, which was owed by {deadline}, "
	                                        "and it has closed its log.",
	                                        "Вывод\tНикто на стороне {silent} не подтвердил "
	                                        "прочтения {act}, как требовалось к "
	                                        "{deadline}, и она закрыла журнал." },
	[PHRASE_ACT] = { "Act\t{act}, {kind}, by {author} of {asking}, logged {logged}",
	                 "Акт\t{act}, {kind}, подписан: {author}, сторона {asking}, внесён "
	                 "{logged}" },
	[PHRASE_LEAF] = { "Its leaf\t{leaf}", "Его лист\t{leaf}" },
	[PHRASE_PRECEDENCE] = { "Precedence\t{precedence}", "Срочность\t{precedence}" },
	[PHRASE_START_RECEIPT] = { "Received\t{started}: {start} in the log of {silent} is the "
	                           "receipt for it, and started the clock.",
	                           "Получен\t{started}: запись {start} в журнале стороны {silent} "
	                           "— расписка в получении; с неё пошёл срок." },
	[PHRASE_START_SEEN] = { "Received\t{started}: {start} of {asking} is logged then and has "
	                        "the receipt of {silent} in its past, which started the clock.",
	                        "Получен\t{started}: этим временем внесена запись {start} стороны "
	                        "{asking}, которой предшествует расписка стороны {silent}; с неё "
	                        "пошёл срок." },
	[PHRASE_START_DEEMED] = { "Received\tDeemed, at {started}: on {deposited} the depositary "
	                          "certified that it held "
	                          "the act, with the body if there is one, for {silent} (stamp "
	                          "{start}). The charter "
	                          "allows {allowance} to collect it.",
	                          "Получен\tВменено, {started}: {deposited} депозитарий "
	                          "засвидетельствовал, что хранит "
	                          "акт, с содержанием, если оно есть, для стороны {silent} "
	                          "(отметка {start}). На то, "
	                          "чтобы его забрать, устав даёт {allowance}." },
	[PHRASE_DEADLINE] = { "Deadline\t{deadline}. The charter's clock '{clock}' gives {time} "
	                      "from then.",
	                      "Срок\t{deadline}. По уставу срок «{clock}» — {time} с этого "
	                      "времени." },
	[PHRASE_AMENDED] = { "\tThat is the charter in its version {version}, as amended.",
	                     "\tЭто устав в редакции {version}, с изменениями." },
	[PHRASE_DUE] = { "\tThe act itself asks for it by {due}.",
	                 "\tСам акт просит ответить к {due}." },
	[PHRASE_DEFERRED] = { "\t{silent} had put its answer off to then.",
	                      "\tСторона {silent} сама отложила ответ до этого времени." },
	[PHRASE_HEAD] = { "Head\tThe first {size} entries of the log of {silent}, under the root",
	                  "Вершина\tПервые записи журнала стороны {silent}, числом {size}, "
	                  "корень" },
	[PHRASE_ROOT] = { "\t{root}", "\t{root}" },
	[PHRASE_LATE_STAMP] = { "Later\t{neutral}, a neutral of the charter, saw this head at "
	                        "{late-time}: its word is stamped as {late}.",
	                        "Позже\tНейтральное лицо по уставу, {neutral}, видело эту вершину "
	                        "{late-time}: его слово внесено отметкой {late}." },
	[PHRASE_LATE_ENTRY] = { "Later\t{silent} itself has logged {late} at {late-time}.",
	                        "Позже\tСторона {silent} сама внесла {late} в {late-time}." },
	[PHRASE_LATE_CLOSE] = { "Later\t{silent} has closed its log with {late} at {late-time}: "
	                        "nothing can follow.",
	                        "Позже\tСторона {silent} закрыла журнал записью {late} в "
	                        "{late-time}: за ней ничего следовать не может." },
	[PHRASE_SHOWN_WHOLE] = { "Shown\tBoth logs, without bodies: {first-size} entries of "
	                         "{first}, {second-size} of {second}.",
	                         "Показано\tОба журнала, без содержаний: записей стороны {first} — "
	                         "{first-size}, стороны {second} — {second-size}." },
	[PHRASE_SHOWN_SPAN] = { "Shown\tThe act, what started its clock, and every entry of "
	                        "{silent} from number {from} up to this head.",
	                        "Показано\tАкт, начало срока и все записи стороны {silent} с "
	                        "номера {from} до этой вершины." },
	[PHRASE_PROVES] = { "Proves\tNone of these entries answers the act.",
	                    "Доказано\tНи одна из этих записей не отвечает на акт." },
	[PHRASE_PROVES_ACKNOWLEDGE] = { "Proves\tNone of these entries acknowledges or answers the "
	                                "act.",
	                                "Доказано\tНи одна из этих записей не подтверждает "
	                                "прочтения акта и не отвечает на "
	                                "него." },
	[PHRASE_REBUTTAL] = { "\tIt proves so up to this head and this time, and no further. A "
	                      "head of this log that holds an answer, and that a neutral of the "
	                      "charter witnessed by the deadline, rebuts it. An answer that was "
	                      "not witnessed by then does not, whatever time it bears.",
	                      "\tДоказано до этой вершины и этого времени, не далее. Опровергает "
	                      "вершина этого журнала с ответом, засвидетельствованная нейтральным "
	                      "лицом по уставу к сроку. Ответ, к сроку не засвидетельствованный, "
	                      "не "
	                      "опровергает, какое бы время в нём ни стояло." },
	[PHRASE_OPEN_WHOLE] = { "Not shown\tNothing that matters here. No rule reads a body.",
	                        "Не показано\tНичего, что здесь важно: содержания ни одно правило "
	                        "не читает." },
	[PHRASE_OPEN_SPAN] = { "Not shown\tThat the act is valid by the rules, and not the second "
	                       "of its text; that {asking} had not taken it back; that the "
	                       "charter was not amended, and no withdrawal or close released "
	                       "{silent}. A certificate over both logs shows that.",
	                       "Не показано\tЧто акт действителен по правилам и не второй с тем же "
	                       "текстом; что сторона {asking} его не отозвала; что устав не "
	                       "изменён, и ни выход, ни закрытие не освободили сторону {silent}. "
	                       "Это показывает свидетельство по обоим журналам." },
	[PHRASE_OPEN_AUTHOR] = { "\tThat {author} was accredited then: the charter does not name "
	                         "that key.",
	                         "\tЧто лицо {author} было тогда аккредитовано: устав этого ключа "
	                         "не называет." },
	[PHRASE_OPEN_DEPOSIT] = { "\tThat no stamped answer of the depositary denies the deposit.",
	                          "\tЧто сданное не отрицает внесённый ответ депозитария." },
	[PHRASE_CHECK] = { "To check\t'chiro verify' on this folder, without any node, computes "
	                   "this page anew; 'sh verify.sh' checks signatures and hashes with "
	                   "stock tools.",
	                   "Проверка\tКоманда «chiro verify» для этой папки, без узла, вычисляет "
	                   "эту страницу заново; «sh verify.sh» проверяет подписи и хеши "
	                   "общедоступными средствами." },
};

/* --- values ---------------------------------------------------------------------- */

struct value {
	const char *name;
	char text[VALUE_CAPACITY];
};

struct page {
	const struct silence *silence;
	enum silence_language language;
	struct value values[VALUES_MAXIMUM];
	size_t value_count;
	struct buffer *text;
	struct buffer scratch;
};

static char *add(struct page *page, const char *name)
{
	struct value *value = &page->values[page->value_count++];

	value->name = name;
	value->text[0] = '\0';
	return value->text;
}

/* Words and names of acts, delegates and parties. */
static void add_text(struct page *page, const char *name, const char *text)
{
	snprintf(add(page, name), VALUE_CAPACITY, "%.*s", VALUE_CAPACITY - 1, text);
}

static void add_time(struct page *page, const char *name, timestamp time)
{
	timestamp_format(time, add(page, name));
}

static void add_number(struct page *page, const char *name, uint64_t number)
{
	snprintf(add(page, name), VALUE_CAPACITY, "%llu", (unsigned long long)number);
}

static void add_hash(struct page *page, const char *name, const struct hash *hash)
{
	hash_to_base64(hash, add(page, name));
}

/* A name that may be long, or anybody's text: it is cut, and what is not plain not shown. */
static void add_name(struct page *page, const char *name, struct bytes value)
{
	char *text = add(page, name);
	size_t size = value.size < NAME_COLUMNS ? value.size : NAME_COLUMNS;

	for (size_t i = 0; i < size; i++)
		text[i] = value.data[i] > ' ' && value.data[i] < 0x7f ? (char)value.data[i] : '?';
	text[size] = '\0';
	if (size < value.size)
		memcpy(text + size, "...", sizeof("..."));
}

static const char *clock_of(const struct silence *silence)
{
	static const char *const acknowledge[PRECEDENCE_COUNT] = {
		"acknowledge-flash",
		"acknowledge-immediate",
		"acknowledge-priority",
		"acknowledge-routine",
	};

	if (silence->by_clock == CLOCK_ACKNOWLEDGE)
		return acknowledge[silence->precedence];
	if (silence->by_clock == CLOCK_REQUEST && silence->precedence == PRECEDENCE_FLASH)
		return "request-flash";
	return clock_name(silence->by_clock);
}

static void add_values(struct page *page, const struct charter *charter)
{
	const struct silence *silence = page->silence;
	const struct party *parties = charter->parties;

	add_text(page, "channel", charter->channel);
	add_text(page, "first", parties[0].id);
	add_text(page, "second", parties[1].id);
	add_name(page, "first-domain", bytes_of_string(parties[0].domain));
	add_name(page, "second-domain", bytes_of_string(parties[1].domain));
	add_text(page, "silent", parties[silence->silent].id);
	add_text(page, "asking", parties[1 - silence->silent].id);
	add_text(page, "act", silence->name);
	add_text(page, "kind", silence->kind->name);
	add_text(page, "author", silence->author);
	add_time(page, "logged", silence->logged);
	add_hash(page, "leaf", &silence->leaf);
	if (silence->precedence != PRECEDENCE_COUNT)
		add_text(page, "precedence", precedence_name(silence->precedence));
	add_time(page, "started", silence->started);
	add_text(page, "start", silence->started_by);
	add_time(page, "deposited", silence->deposited);
	duration_format(silence->allowance, add(page, "allowance"));
	add_text(page, "clock", clock_of(silence));
	add_number(page, "version", silence->charter);
	duration_format(silence->clock, add(page, "time"));
	add_time(page, "due", silence->due);
	add_time(page, "deadline", silence->deadline);
	add_number(page, "size", silence->head_size);
	add_hash(page, "root", &silence->root);
	add_text(page, "late", silence->late_by);
	add_time(page, "late-time", silence->late_time);
	add_number(page, "first-size", silence->sizes[0]);
	add_number(page, "second-size", silence->sizes[1]);
	add_number(page, "from", silence->first);
	add_name(page, "neutral", silence->neutral);
}

/* --- lines ----------------------------------------------------------------------- */

static const char *value_of(const struct page *page, const char *name, size_t size)
{
	for (size_t i = 0; i < page->value_count; i++)
		if (strlen(page->values[i].name) == size &&
		    memcmp(page->values[i].name, name, size) == 0)
			return page->values[i].text;
	return "";
}

/* Columns that a piece of text takes: it has no wide or combining characters. */
static size_t columns(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += ((uint8_t)text[i] & 0xc0) != 0x80;
	return count;
}

static int put_spaces(struct buffer *buffer, size_t count)
{
	int r = OK;

	for (size_t i = 0; i < count && r == OK; i++)
		r = buffer_put_u8(buffer, ' ');
	return r;
}

/* What is said, with the values in place of their names, into the scratch. */
static int expand(struct page *page, const char *text)
{
	int r = OK;

	buffer_clear(&page->scratch);
	while (r == OK && *text != '\0') {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;

		if (end != NULL) {
			r = buffer_put_string(&page->scratch,
			                      value_of(page, text + 1, (size_t)(end - text) - 1));
			text = end + 1;
		} else {
			r = buffer_put_u8(&page->scratch, (uint8_t)*text++);
		}
	}
	return r;
}

/* How many bytes the next word has, cut to what a line holds. */
static size_t word_size(const char *at, size_t left, size_t indent)
{
	const char *space = memchr(at, ' ', left);
	size_t size = space == NULL ? left : (size_t)(space - at);

	while (columns(at, size) > SILENCE_PAGE_COLUMNS - indent)
		size--;
	while (size < left && ((uint8_t)at[size] & 0xc0) == 0x80)
		size--;
	return size;
}

/* The scratch in lines, each after `indent` columns, of which the first are taken. */
static int put_wrapped(struct page *page, size_t indent, size_t taken)
{
	const char *at = (const char *)page->scratch.data;
	size_t left = page->scratch.size, column = taken;
	int r = OK;

	while (r == OK && left > 0) {
		size_t size = word_size(at, left, indent), width = columns(at, size);
		size_t space = size < left && at[size] == ' ';

		if (column > indent && column + 1 + width > SILENCE_PAGE_COLUMNS) {
			r = buffer_put_u8(page->text, '\n');
			column = 0;
		}
		if (r == OK)
			r = put_spaces(page->text,
			               column < indent ? indent - column : column > indent);
		if (r == OK)
			r = buffer_put(page->text, at, size);
		column = (column < indent ? indent : column + (column > indent)) + width;
		at += size + space;
		left -= size + space;
	}
	return r == OK ? buffer_put_u8(page->text, '\n') : r;
}

static int put(struct page *page, enum phrase phrase)
{
	const char *text = phrases[phrase][page->language];
	const char *tab = strchr(text, '\t');
	size_t label = tab == NULL ? 0 : (size_t)(tab - text);
	int r;

	if ((r = buffer_put(page->text, text, label)) != OK ||
	    (r = expand(page, tab == NULL ? text : tab + 1)) != OK)
		return r;
	return put_wrapped(page, tab == NULL ? 0 : LABEL_COLUMNS, columns(text, label));
}

static int put_gap(struct page *page)
{
	return buffer_put_u8(page->text, '\n');
}

/* --- the parts --------------------------------------------------------------------- */

static int put_title(struct page *page)
{
	static const enum phrase findings[2][2] = {
		{ PHRASE_FINDING, PHRASE_FINDING_ACKNOWLEDGE },
		{ PHRASE_FINDING_CLOSED, PHRASE_FINDING_CLOSED_ACKNOWLEDGE },
	};
	const struct silence *silence = page->silence;
	enum phrase finding =
	    findings[silence->late == SILENCE_BY_CLOSE][silence->duty == DUTY_ACKNOWLEDGE];
	int r;

	if ((r = put(page, PHRASE_TITLE)) != OK ||
	    (silence->exercise &&
	     ((r = put_gap(page)) != OK || (r = put(page, PHRASE_EXERCISE)) != OK)) ||
	    (r = put_gap(page)) != OK || (r = put(page, PHRASE_CHANNEL)) != OK ||
	    (r = put(page, PHRASE_BETWEEN)) != OK || (r = put_gap(page)) != OK ||
	    (r = put(page, finding)) != OK)
		return r;
	return put_gap(page);
}

static int put_act(struct page *page)
{
	int r;

	if ((r = put(page, PHRASE_ACT)) != OK || (r = put(page, PHRASE_LEAF)) != OK ||
	    (page->silence->precedence != PRECEDENCE_COUNT &&
	     (r = put(page, PHRASE_PRECEDENCE)) != OK))
		return r;
	return OK;
}

static int put_clock(struct page *page)
{
	const struct silence *silence = page->silence;
	enum phrase start = PHRASE_START_RECEIPT;
	int r;

	if (silence->deemed)
		start = PHRASE_START_DEEMED;
	else if (silence->start.party != silence->silent)
		start = PHRASE_START_SEEN;
	if ((r = put(page, start)) != OK || (r = put(page, PHRASE_DEADLINE)) != OK ||
	    (silence->charter > 1 && (r = put(page, PHRASE_AMENDED)) != OK) ||
	    (silence->due != 0 && silence->duty == DUTY_ANSWER &&
	     (r = put(page, PHRASE_DUE)) != OK) ||
	    (silence->deferred && (r = put(page, PHRASE_DEFERRED)) != OK))
		return r;
	return put_gap(page);
}

static int put_head(struct page *page)
{
	static const enum phrase late[] = {
		[SILENCE_BY_STAMP] = PHRASE_LATE_STAMP,
		[SILENCE_BY_ENTRY] = PHRASE_LATE_ENTRY,
		[SILENCE_BY_CLOSE] = PHRASE_LATE_CLOSE,
	};
	int r;

	if ((r = put(page, PHRASE_HEAD)) != OK || (r = put(page, PHRASE_ROOT)) != OK ||
	    (r = put(page, late[page->silence->late])) != OK)
		return r;
	return put_gap(page);
}

static int put_proof(struct page *page)
{
	const struct silence *silence = page->silence;
	bool whole = silence->form == SILENCE_WHOLE;
	int r;

	if ((r = put(page, whole ? PHRASE_SHOWN_WHOLE : PHRASE_SHOWN_SPAN)) != OK ||
	    (r = put(page, silence->duty == DUTY_ACKNOWLEDGE ? PHRASE_PROVES_ACKNOWLEDGE
	                                                     : PHRASE_PROVES)) != OK ||
	    (r = put(page, PHRASE_REBUTTAL)) != OK ||
	    (r = put(page, whole ? PHRASE_OPEN_WHOLE : PHRASE_OPEN_SPAN)) != OK ||
	    (!whole && !silence->author_is_head && (r = put(page, PHRASE_OPEN_AUTHOR)) != OK) ||
	    (!whole && silence->deemed && (r = put(page, PHRASE_OPEN_DEPOSIT)) != OK) ||
	    (r = put_gap(page)) != OK)
		return r;
	return put(page, PHRASE_CHECK);
}

int silence_page_print(const struct silence *silence, const struct charter *charter,
                       enum silence_language language, struct buffer *text)
{
	struct page page = { .silence = silence, .language = language, .text = text };
	int r;

	if (silence->verdict != SILENCE_CERTIFIED)
		return ERROR_STATE;
	buffer_init(&page.scratch, SILENCE_PAGE_MAXIMUM);
	add_values(&page, charter);
	if ((r = put_title(&page)) == OK && (r = put_act(&page)) == OK &&
	    (r = put_clock(&page)) == OK && (r = put_head(&page)) == OK)
		r = put_proof(&page);
	buffer_release(&page.scratch);
	return r;
}
