/* Identifiers of persons, legal entities, foreigners, products and the text
 * they arrive in. Source of the checks: DOMAIN 4 (national code mod 11, legal id
 * mod 11 with the tenth digit added, foreigner's 12 digits without checksum). */
#ifndef TASHEEM_IDENTIFIERS_H
#define TASHEEM_IDENTIFIERS_H

#include <stdbool.h>
#include <stddef.h>

#include "check.h"
#include "verdict.h"

/* REASON_NONE when good, ID_FORMAT for wrong length or characters, ID_CHECKSUM. */
enum reason_code identifier_check_person(const char *digits);
enum reason_code identifier_check_legal(const char *digits);
enum reason_code identifier_check_foreigner(const char *digits);
/* 10 digits; digit 5 is the level, 3 to 6 in the present tree, 1 and 2 in files made before. */
enum reason_code identifier_check_product(const char *digits);
/* Exactly `count` ASCII digits. */
bool identifier_is_digits(const char *text, size_t count);
/* [A-Za-z0-9._-], 1 to max characters: ids that buyers and suppliers choose. */
bool identifier_is_token(const char *text, size_t max);

/* What people type: NFC, Persian and Arabic digits to ASCII, ي to ی, ك to ک,
 * zero-width and bidi marks dropped, blanks at the ends trimmed. False when it
 * is not UTF-8, holds control characters, or does not fit. */
MUST_CHECK bool identifier_normalise(const char *text, char *out, size_t out_size);
/* The same for names, which keep the zero-width non-joiner between their letters. */
MUST_CHECK bool identifier_normalise_name(const char *text, char *out, size_t out_size);
/* Valid UTF-8 without control or bidi-control characters. */
bool identifier_is_clean_text(const char *text);

#endif
