/* Can any file hurt who imports it? First byte: 0 a CSV file, 1 a regime file,
 * 2 a text that is normalised, checked as every identifier and read as a day.
 *
 * CSV: the reader ends, lines only grow, fields lie inside the record, and no
 * field holds a control character that was not said to be wrong. Regime: parsing and
 * validating end with a regime or with at least one named error. Text: what comes out
 * of normalising is clean and normalising it again changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"
#include "services/ctl/csv.h"
#include "services/ctl/regime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_csv(const char *text, size_t size)
{
	static struct csv csv;
	uint32_t line = 0;
	size_t records = 0;
	csv_begin(&csv, text, size);
	while (csv_next(&csv)) {
		CHECK(csv.line > line && csv.next_line >= csv.line && ++records <= size);
		line = csv.line;
		CHECK(csv.count <= CSV_MAX_FIELDS);
		for (uint32_t at = 0; at < csv.count && csv.error == CSV_NONE; at++) {
			CHECK(csv.fields[at] >= csv.record &&
			      csv.fields[at] + strlen(csv.fields[at]) <
			              csv.record + CSV_MAX_RECORD);
		}
	}
}

static void read_regime(struct arena *arena, const char *text, size_t size)
{
	static struct message_errors errors;
	memset(&errors, 0, sizeof errors);
	const Tasheem__Quota__V1__Regime *regime = regime_parse(arena, text, size, &errors);
	CHECK(regime || errors.count > 0);
	if (regime)
		regime_validate(regime, &errors);
}

static void read_text(const char *text, size_t size)
{
	char whole[512], once[512], twice[512];
	if (size >= sizeof whole)
		return;
	memcpy(whole, text, size);
	whole[size] = '\0';
	identifier_check_person(whole);
	identifier_check_legal(whole);
	identifier_check_foreigner(whole);
	identifier_check_product(whole);
	identifier_is_token(whole, 31);
	if (!identifier_normalise(whole, once, sizeof once))
		return;
	CHECK(identifier_is_clean_text(once));
	CHECK(identifier_normalise(once, twice, sizeof twice) && strcmp(once, twice) == 0);
	int32_t day = calendar_day_parse(once);
	if (day) {
		char again[11];
		calendar_day_text(day, again);
		CHECK(calendar_day_valid(day) && calendar_day_parse(again) == day);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	if (!arena.capacity)
		CHECK(arena_open(&arena, 256 << 20));
	if (size == 0)
		return 0;
	char *text = malloc(size);
	CHECK(text);
	memcpy(text, data + 1, size - 1);
	if (data[0] % 3 == 0)
		read_csv(text, size - 1);
	else if (data[0] % 3 == 1)
		read_regime(&arena, text, size - 1);
	else
		read_text(text, size - 1);
	free(text);
	arena_reset(&arena);
	return 0;
}
