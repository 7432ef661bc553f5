/* How the fields of answers are written in their tables. Private to src/wire. */
#ifndef API_REPLY_FIELDS_H
#define API_REPLY_FIELDS_H

#include "api_schema.h"

#define FLAG(n)                                                                                    \
	{                                                                                          \
		n, API_TYPE_BOOL                                                                   \
	}
#define NUMBER(n)                                                                                  \
	{                                                                                          \
		n, API_TYPE_NUMBER                                                                 \
	}
#define TIME(n)                                                                                    \
	{                                                                                          \
		n, API_TYPE_TIME                                                                   \
	}
#define TIME_OR(n)                                                                                 \
	{                                                                                          \
		n, API_TYPE_TIME, API_NULLABLE                                                     \
	}
#define TEXT(n)                                                                                    \
	{                                                                                          \
		n, API_TYPE_TEXT                                                                   \
	}
#define LONG_TEXT(n)                                                                               \
	{                                                                                          \
		n, API_TYPE_TEXT, .maximum = API_TEXT_MAXIMUM                                      \
	}
#define TEXT_OR(n)                                                                                 \
	{                                                                                          \
		n, API_TYPE_TEXT, API_NULLABLE                                                     \
	}
#define HASH(n)                                                                                    \
	{                                                                                          \
		n, API_TYPE_HASH                                                                   \
	}

#define LIST(n, r)                                                                                 \
	{                                                                                          \
		n, API_TYPE_LIST, .element = API_TYPE_RECORD, .record = &(r)                       \
	}
#define TEXTS(n)                                                                                   \
	{                                                                                          \
		n, API_TYPE_LIST, .element = API_TYPE_TEXT                                         \
	}
#define MAP(n, t)                                                                                  \
	{                                                                                          \
		n, API_TYPE_MAP, .element = (t)                                                    \
	}
#define ENTRY_BYTES 65535

#endif
