/* The checks themselves: digits in, a reason out. Text as people type it is
 * normalised first (normalise.c). */
#include "identifiers.h"

#include <string.h>

bool identifier_is_digits(const char *text, size_t count)
{
	size_t size = 0;
	while (size <= count && text[size] >= '0' && text[size] <= '9')
		size++;
	return size == count && text[size] == '\0';
}

static bool all_equal(const char *digits)
{
	size_t size = strlen(digits);
	for (size_t i = 1; i < size; i++)
		if (digits[i] != digits[0])
			return false;
	return true;
}

static bool middle_zero(const char *digits)
{
	for (size_t i = 3; i < 9; i++)
		if (digits[i] != '0')
			return false;
	return true;
}

enum reason_code identifier_check_person(const char *digits)
{
	if (!identifier_is_digits(digits, 10))
		return REASON_ID_FORMAT;
	if (all_equal(digits) || middle_zero(digits))
		return REASON_ID_CHECKSUM;
	int sum = 0;
	for (int i = 0; i < 9; i++)
		sum += (digits[i] - '0') * (10 - i);
	int rest = sum % 11;
	int check = rest < 2 ? rest : 11 - rest;
	return check == digits[9] - '0' ? REASON_NONE : REASON_ID_CHECKSUM;
}

enum reason_code identifier_check_legal(const char *digits)
{
	static const int weights[5] = {29, 27, 23, 19, 17};
	if (!identifier_is_digits(digits, 11))
		return REASON_ID_FORMAT;
	if (all_equal(digits) || middle_zero(digits))
		return REASON_ID_CHECKSUM;
	int added = digits[9] - '0' + 2;
	int sum = 0;
	for (int i = 0; i < 10; i++)
		sum += (digits[i] - '0' + added) * weights[i % 5];
	int check = sum % 11 % 10;
	return check == digits[10] - '0' ? REASON_NONE : REASON_ID_CHECKSUM;
}

enum reason_code identifier_check_foreigner(const char *digits)
{
	return identifier_is_digits(digits, 12) ? REASON_NONE : REASON_ID_FORMAT;
}

enum reason_code identifier_check_product(const char *digits)
{
	if (!identifier_is_digits(digits, 10))
		return REASON_ID_FORMAT;
	return digits[4] >= '1' && digits[4] <= '6' ? REASON_NONE : REASON_ID_FORMAT;
}

static bool token_character(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
	       (character >= '0' && character <= '9') || character == '.' || character == '_' ||
	       character == '-';
}

bool identifier_is_token(const char *text, size_t max)
{
	size_t size = 0;
	for (; text[size]; size++)
		if (size >= max || !token_character(text[size]))
			return false;
	return size > 0;
}
