/* Base64, base32 and hexadecimal (RFC 4648). Decoders accept exactly one
 * spelling: no white space, no missing or excess padding, unused bits zero;
 * anything else is ERROR_SYNTAX or ERROR_CANONICAL. */
#ifndef ENCODING_H
#define ENCODING_H

#include "buffer.h"

enum base64_padding { BASE64_PADDED, BASE64_UNPADDED };

/* Section 4 alphabet. Appends to `buffer`. */
int base64_encode(struct buffer *buffer, struct bytes bytes, enum base64_padding padding);
int base64_decode(struct buffer *buffer, struct bytes text, enum base64_padding padding);

/* Decodes padded base64 of exactly `size` bytes. */
int base64_decode_fixed(struct bytes text, void *ret_data, size_t size);

/* Section 6, lower case, unpadded: 52 characters for 32 bytes. */
int base32_encode(struct buffer *buffer, struct bytes bytes);
int base32_decode(struct buffer *buffer, struct bytes text);

/* Lower case only, both ways. */
int hex_encode(struct buffer *buffer, struct bytes bytes);
int hex_decode(struct buffer *buffer, struct bytes text);
int hex_decode_fixed(struct bytes text, void *ret_data, size_t size);

/* Fixed outputs with their NUL. */
enum { HASH_BASE64_CAPACITY = 45, HASH_BASE32_CAPACITY = 53, HASH_HEX_CAPACITY = 65 };
void hash_to_base64(const struct hash *hash, char ret_text[HASH_BASE64_CAPACITY]);
void hash_to_base32(const struct hash *hash, char ret_text[HASH_BASE32_CAPACITY]);
void hash_to_hex(const struct hash *hash, char ret_text[HASH_HEX_CAPACITY]);

#endif
