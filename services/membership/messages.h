/* Inside membership's messages*.c: nouns as protobuf messages in an arena. */
#ifndef TASHEEM_MEMBERSHIP_MESSAGES_H
#define TASHEEM_MEMBERSHIP_MESSAGES_H

#include "services/membership/membership.h"
#include "tasheem/membership/v1/membership.pb-c.h"

Tasheem__Membership__V1__Party *message_of_party(struct arena *arena, const struct party *party);
Tasheem__Membership__V1__Union *message_of_union(struct arena *arena,
                                                 const struct syndicate *syndicate);
Tasheem__Membership__V1__Cooperative *message_of_cooperative(struct arena *arena,
                                                             const struct cooperative *cooperative);
Tasheem__Membership__V1__Membership *message_of_membership(struct arena *arena,
                                                           const struct membership *membership);
Tasheem__Membership__V1__Licence *message_of_licence(struct arena *arena,
                                                     const struct licence *licence);
Tasheem__Membership__V1__Principal *message_of_principal(struct arena *arena,
                                                         const struct principal *principal);
Tasheem__Membership__V1__Mandate *message_of_mandate(struct arena *arena,
                                                     const struct mandate *mandate);

#endif
