/* Sentences of the core and of the node, in the person's language. They are made in
 * English, with what concerns them put in: `an entry is at most 65535 bytes`. Here they are
 * recognised by what they were made of, and the same is put into the translation.
 *
 * A sentence of which nothing is known, and every one in English, stays as it is. */
#ifndef SENTENCES_H
#define SENTENCES_H

/* What is put in may be a sentence itself, up to three deep. Gives `sentence` itself where
 * nothing is to be done; otherwise the text is valid until the next call. */
const char *sentence_for_people(const char *sentence);

#endif
