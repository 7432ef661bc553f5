/* A channel of a node as the source of a record: see record_writer.h. */
#ifndef NODE_RECORD_H
#define NODE_RECORD_H

#include "record_writer.h"
#include "which_channel.h"

struct node_record;

/* Asks for charter and heads; entries and bodies are fetched when the writer asks.
 * `node` must outlive it. `identity`, an age identity file, opens what is for
 * the eyes of the heads; NULL: that stays sealed. */
int node_record_new(struct node *node, const char *identity, struct node_record **ret_record,
                    struct error *error);
void node_record_free(struct node_record *record);

/* The source for record_write; `open_bodies` opens what can be opened, of which
 * the node takes note. Valid as long as the record. */
struct record_source node_record_source(struct node_record *record, bool open_bodies);

#endif
