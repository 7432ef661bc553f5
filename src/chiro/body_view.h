/* An opened body as people and scripts read it. */
#ifndef BODY_VIEW_H
#define BODY_VIEW_H

#include "body_remarks.h"
#include "charter.h"
#include "opened_body.h"

/* Shows the texts, fields and attachments of a body, with what there is to say of
 * them. With a language, only the texts in it and what has none. `act` is an ACT of
 * the API, or one that waits for its second signature. */
void body_show(const json_t *act, const struct opened_body *body, const char *language,
               const struct body_remarks *remarks);

/* Shows one part that is text. */
void body_show_part(const json_t *act, const struct opened_part *part);

/* {"act", "disputed", "parts": […], "remarks": […]}. */
json_t *body_document(const json_t *act, const struct opened_body *body, const char *language,
                      const struct body_remarks *remarks);

/* Whether a text of the body is in this language; `xx` fits `xx-YY`. */
bool body_has_language(const struct opened_body *body, const char *language);

/* The languages of its texts, joined by `, `; "" for none. */
enum { BODY_LANGUAGES_CAPACITY = 256 };
void body_languages(const struct opened_body *body, char ret_text[BODY_LANGUAGES_CAPACITY]);

/* Says which text is authentic where the charter's word on it is not kept. */
void body_remark_languages(const struct charter *charter, const struct opened_body *body,
                           struct body_remarks *remarks);

#endif
