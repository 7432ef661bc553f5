/* Texts for people, translated by gettext (domain `chirograph`, see po/).
 *
 *     complain(_("the file %s exists"), path);        translated where it stands
 *     { "status", N_("how the channels are") }        in a table: marked only,
 *     puts(_(row->help));                             and translated where shown
 */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#endif
