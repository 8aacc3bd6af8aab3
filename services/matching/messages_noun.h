/* Inside matching's messages*.c: nouns as protobuf messages in an arena. Texts are
 * borrowed from the rows. */
#ifndef TASHEEM_MATCHING_MESSAGES_NOUN_H
#define TASHEEM_MATCHING_MESSAGES_NOUN_H

#include "services/matching/matching.h"
#include "tasheem/matching/v1/matching.pb-c.h"

/* Text and bytes for a message, which promises not to write to them. */
char *noun_text(const char *text);
ProtobufCBinaryData noun_bytes(const uint8_t *data, size_t size);
/* The text into a zeroed field; being too long is our mistake. */
void noun_copy(char *out, size_t size, const char *text);

Tasheem__Matching__V1__Supplier *message_of_supplier(struct arena *arena,
                                                     const struct supplier *row);
Tasheem__Matching__V1__OfferChanged *message_of_offer(struct arena *arena, const struct offer *row);
Tasheem__Matching__V1__RoundChanged *message_of_round(struct arena *arena, const struct round *row);
Tasheem__Matching__V1__AllocationChanged *
message_of_allocation(struct arena *arena, const struct allocation *row, const struct part *parts);
Tasheem__Matching__V1__ShareDecided *message_of_share(struct arena *arena, const struct share *row);
Tasheem__Matching__V1__BundlePart *message_of_bundle(struct arena *arena,
                                                     const struct bundle_part *row);

#endif
