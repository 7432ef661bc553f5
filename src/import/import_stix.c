/* Importing STIX 2.0 and 2.1: a bundle, or an object alone.
 *
 * What is on a list is what a grouping refers to: addresses, domains, autonomous systems
 * and certificates as objects of their own, each a row. The grouping's name says what they
 * are, and an identity that it refers to whom to contact. In a bundle without a grouping such
 * objects are taken unless something in it observes them (observed-data, sighting, indicator,
 * malware, infrastructure … refers to them): that would be somebody else's, or the
 * adversary's. Patterns of indicators are never taken. */
#include "import.h"

#include <jansson.h>

#include "allocate.h"
#include "visible.h"

enum { OBJECTS_MAXIMUM = 1000000, SHOWN = 80 };

/* Types of objects that are identifiers, and in what their value stands. */
static const struct observable {
	const char *type;
	enum import_field field;
	const char *member; /* NULL: the SHA-256 among `hashes` */
} observables[] = {
	{ "ipv4-addr", IMPORT_IPV4, "value" },
	{ "ipv6-addr", IMPORT_IPV6, "value" },
	{ "domain-name", IMPORT_DOMAIN, "value" },
	{ "autonomous-system", IMPORT_ASN, "number" },
	{ "x509-certificate", IMPORT_CERTIFICATE, NULL },
};

/* Members by which an object refers to others. */
static const char *const references[] = { "object_refs", "observed_data_refs", "sighting_of_ref",
	                                  "sample_refs", "where_sighted_refs", "source_ref",
	                                  "target_ref" };

struct reading {
	struct import *import;
	const json_t *objects;
	json_t *by_id;    /* id: number of the object, from 1 */
	json_t *grouping; /* id: the grouping (borrowed) that refers to it */
	json_t *taken;    /* id: true for what something else refers to */
	bool has_grouping;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* jansson's own limit is far greater than what is needed. */
static bool is_too_deep(struct bytes text)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];

		if (in_string) {
			i += byte == '\\';
			in_string = byte != '"';
		} else if (byte == '"') {
			in_string = true;
		} else if (byte == '{' || byte == '[') {
			if (++depth > IMPORT_STIX_DEPTH)
				return true;
		} else if ((byte == '}' || byte == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static int parse(struct bytes text, json_t **ret_document, struct error *error)
{
	json_error_t why;

	if (text.size > IMPORT_STIX_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the file is longer than %d bytes",
		                 IMPORT_STIX_MAXIMUM);
	if (is_too_deep(text))
		return error_set(error, ERROR_LIMIT, "the JSON is nested more than %d deep",
		                 IMPORT_STIX_DEPTH);
	*ret_document = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES,
	                           &why);
	if (*ret_document == NULL)
		return error_set_line(error, ERROR_SYNTAX, why.line > 0 ? (size_t)why.line : 0,
		                      "the file is not JSON: %s", why.text);
	return OK;
}

static const struct observable *observable_of(const json_t *object)
{
	const char *type = text_of(object, "type");

	for (size_t i = 0; i < sizeof(observables) / sizeof(observables[0]); i++)
		if (strcmp(type, observables[i].type) == 0)
			return &observables[i];
	return NULL;
}

/* --- who refers to whom ------------------------------------------------------------- */

static void note_reference(struct reading *reading, const json_t *object, const json_t *reference)
{
	const char *id = json_string_value(reference);

	if (id == NULL)
		return;
	if (strcmp(text_of(object, "type"), "grouping") != 0)
		json_object_set_new(reading->taken, id, json_true());
	else if (json_object_get(reading->grouping, id) == NULL)
		json_object_set(reading->grouping, id, (json_t *)object);
}

/* An address may refer to what it resolves to and belongs to: that is no word on it. */
static void note_references(struct reading *reading, const json_t *object)
{
	if (observable_of(object) != NULL)
		return;
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		const json_t *member = json_object_get(object, references[i]);

		if (!json_is_array(member))
			note_reference(reading, object, member);
		for (size_t j = 0; j < json_array_size(member); j++)
			note_reference(reading, object, json_array_get(member, j));
	}
}

static int take_stock(struct reading *reading, struct error *error)
{
	size_t count = json_array_size(reading->objects);

	if (count > OBJECTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the bundle has more than %d objects",
		                 OBJECTS_MAXIMUM);
	for (size_t i = 0; i < count; i++) {
		const json_t *object = json_array_get(reading->objects, i);

		if (strcmp(text_of(object, "type"), "grouping") == 0)
			reading->has_grouping = true;
		json_object_set_new(reading->by_id, text_of(object, "id"),
		                    json_integer((json_int_t)i));
		note_references(reading, object);
	}
	return OK;
}

/* --- rows --------------------------------------------------------------------------- */

static const json_t *find(const struct reading *reading, const char *id)
{
	const json_t *index = json_object_get(reading->by_id, id);

	return index == NULL ? NULL
	                     : json_array_get(reading->objects, (size_t)json_integer_value(index));
}

static int add_text(struct import *import, enum import_field field, const char *text)
{
	return import_row_value(import, field, bytes_of_string(text));
}

/* What a grouping says of all that it refers to. */
static int add_words(const struct reading *reading, const json_t *grouping)
{
	const json_t *list = json_object_get(grouping, "object_refs");
	int r = add_text(reading->import, IMPORT_FUNCTION, text_of(grouping, "name"));

	for (size_t i = 0; r == OK && i < json_array_size(list); i++) {
		const char *id = json_string_value(json_array_get(list, i));
		const json_t *other = id == NULL ? NULL : find(reading, id);

		if (other == NULL || strcmp(text_of(other, "type"), "identity") != 0)
			continue;
		if ((r = add_text(reading->import, IMPORT_FUNCTION, text_of(other, "name"))) == OK)
			r = add_text(reading->import, IMPORT_CONTACT,
			             text_of(other, "contact_information"));
	}
	return r;
}

static int add_value(const struct reading *reading, const struct observable *observable,
                     const json_t *object)
{
	const json_t *member = observable->member != NULL
	                           ? json_object_get(object, observable->member)
	                           : json_object_get(json_object_get(object, "hashes"), "SHA-256");
	char number[24];

	if (json_is_integer(member)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(member));
		return add_text(reading->import, observable->field, number);
	}
	if (json_is_string(member))
		return import_row_value(
		    reading->import, observable->field,
		    bytes_of(json_string_value(member), json_string_length(member)));
	return OK;
}

static int take_object(const struct reading *reading, const json_t *object, size_t number)
{
	const struct observable *observable = observable_of(object);
	const char *id = text_of(object, "id");
	const json_t *grouping = json_object_get(reading->grouping, id);
	int r;

	if (observable == NULL || (reading->has_grouping && grouping == NULL) ||
	    (!reading->has_grouping && json_object_get(reading->taken, id) != NULL))
		return OK;
	import_row_begin(reading->import, number);
	if ((r = add_value(reading, observable, object)) != OK ||
	    (grouping != NULL && (r = add_words(reading, grouping)) != OK))
		return r;
	return import_row_end(reading->import);
}

/* A grouping may refer to what is not in the bundle: nothing is known of that. */
static int take_missing(const struct reading *reading)
{
	const char *id;
	json_t *grouping;
	char shown[SHOWN];
	int r;

	json_object_foreach(reading->grouping, id, grouping)
	{
		const json_t *place;

		if (find(reading, id) != NULL)
			continue;
		place = json_object_get(reading->by_id, text_of(grouping, "id"));
		visible_copy(bytes_of_string(id), shown, sizeof(shown));
		import_row_begin(reading->import, (size_t)json_integer_value(place) + 1);
		error_set(import_row_fault(reading->import), ERROR_NOT_FOUND,
		          "the grouping refers to %s, which is not in the bundle", shown);
		if ((r = import_row_end(reading->import)) != OK)
			return r;
	}
	return OK;
}

static int take_all(struct reading *reading, struct error *error)
{
	int r;

	if ((r = take_stock(reading, error)) != OK)
		return r;
	for (size_t i = 0; r == OK && i < json_array_size(reading->objects); i++)
		r = take_object(reading, json_array_get(reading->objects, i), i + 1);
	if (r == OK)
		r = take_missing(reading);
	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	if (reading->import->rows == 0)
		return error_set(error, ERROR_SYNTAX,
		                 "the file has no address, domain, autonomous system or "
		                 "certificate that is said to be anybody's own: patterns and what "
		                 "was observed are not taken");
	return OK;
}

int import_stix(struct import *import, struct bytes text, struct error *error)
{
	struct reading reading = { .import = import };
	json_t *document = NULL, *alone = NULL;
	int r;

	if ((r = parse(text, &document, error)) != OK)
		return r;
	reading.by_id = json_object();
	reading.grouping = json_object();
	reading.taken = json_object();
	alone = json_pack("[O]", document);
	reading.objects = strcmp(text_of(document, "type"), "bundle") == 0
	                      ? json_object_get(document, "objects")
	                      : alone;
	if (reading.by_id == NULL || reading.grouping == NULL || reading.taken == NULL ||
	    alone == NULL)
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	else if (!json_is_array(reading.objects))
		r = error_set(error, ERROR_SYNTAX, "the bundle has no objects");
	else
		r = take_all(&reading, error);
	json_decref(reading.by_id);
	json_decref(reading.grouping);
	json_decref(reading.taken);
	json_decref(alone);
	json_decref(document);
	return r;
}
