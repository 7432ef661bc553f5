#include "result.h"

#include <stdarg.h>
#include <stdio.h>

#include "visible.h"

static const char *const texts[RESULT_COUNT] = {
	[OK] = "success",
	[ERROR_MEMORY] = "out of memory",
	[ERROR_LIMIT] = "a limit is exceeded",
	[ERROR_SYNTAX] = "input does not follow its format",
	[ERROR_CANONICAL] = "input is not in its one spelling",
	[ERROR_SIGNATURE] = "signature does not verify",
	[ERROR_MISMATCH] = "values that must be equal differ",
	[ERROR_NOT_FOUND] = "not found",
	[ERROR_EXISTS] = "exists already",
	[ERROR_STATE] = "not legal in the present state",
	[ERROR_DENIED] = "no authority for this",
	[ERROR_UNSUPPORTED] = "not supported in this version",
	[ERROR_WAIT] = "cannot be decided yet",
	[ERROR_FORK] = "two heads of one log contradict each other",
	[ERROR_CLOCK] = "a time is out of order",
	[ERROR_IO] = "the system refused",
	[ERROR_RANDOM] = "the random source failed",
	[ERROR_USAGE] = "wrong command line or configuration",
	[ERROR_CHARTER] = "the text of a charter is not here",
	[ERROR_INTERNAL] = "internal error",
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
