#include "result.h"

#include <stdarg.h>
#include <stdio.h>

#include "visible.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const char *const texts[RESULT_COUNT] = {
	[OK] = N_("success"),
	[ERROR_MEMORY] = N_("out of memory"),
	[ERROR_LIMIT] = N_("a limit is exceeded"),
	[ERROR_SYNTAX] = N_("input does not follow its format"),
	[ERROR_CANONICAL] = N_("input is not in its one spelling"),
	[ERROR_SIGNATURE] = N_("signature does not verify"),
	[ERROR_MISMATCH] = N_("values that must be equal differ"),
	[ERROR_NOT_FOUND] = N_("not found"),
	[ERROR_EXISTS] = N_("exists already"),
	[ERROR_STATE] = N_("not legal in the present state"),
	[ERROR_DENIED] = N_("no authority for this"),
	[ERROR_UNSUPPORTED] = N_("not supported in this version"),
	[ERROR_WAIT] = N_("cannot be decided yet"),
	[ERROR_FORK] = N_("two heads of one log contradict each other"),
	[ERROR_CLOCK] = N_("a time is out of order"),
	[ERROR_IO] = N_("the system refused"),
	[ERROR_RANDOM] = N_("the random source failed"),
	[ERROR_USAGE] = N_("wrong command line or configuration"),
	[ERROR_CHARTER] = N_("the text of a charter is not here"),
	[ERROR_INTERNAL] = N_("internal error"),
};

__attribute__((format(printf, 4, 0))) static void fill(struct error *error, int code, size_t line,
                                                       const char *format, va_list arguments)
{
	/* The arguments may lie in the error that is filled. */
	char sentence[sizeof(error->message)];

	if (vsnprintf(sentence, sizeof(sentence), format, arguments) < 0)
		sentence[0] = '\0';
	error->code = code;
	error->line = line;
	visible_copy(bytes_of_string(sentence), error->message, sizeof(error->message));
}

int error_set(struct error *error, int code, const char *format, ...)
{
	va_list arguments;

	if (error == NULL)
		return code;
	va_start(arguments, format);
	fill(error, code, 0, format, arguments);
	va_end(arguments);
	return code;
}

int error_set_line(struct error *error, int code, size_t line, const char *format, ...)
{
	va_list arguments;

	if (error == NULL)
		return code;
	va_start(arguments, format);
	fill(error, code, line, format, arguments);
	va_end(arguments);
	return code;
}

const char *result_text(int code)
{
	if (code < 0 || code >= RESULT_COUNT)
		return "unknown result";
	return texts[code];
}
