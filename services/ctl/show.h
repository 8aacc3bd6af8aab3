/* What people see: tables aligned by display width, prose, numbers with their marks.
 *
 * Persian digits and the Jalali calendar are for people in Persian; ids keep the
 * digits they are typed with. On a terminal ids and numbers stand inside Unicode isolates so
 * that right-to-left text around them does not reorder them. */
#ifndef TASHEEM_CTL_SHOW_H
#define TASHEEM_CTL_SHOW_H

#include <jansson.h>

#include "services/ctl/ctl.h"

/* A sentence on stderr; texts fill {0}, {1} …: TALK(ctl, TEXT_NO_ANSWER, "quota", "tcp://…").
 * At least one text, "" when there is nothing to fill in. */
#define TALK(ctl, text, ...) show_talk((ctl), (text), (const char *const[]){__VA_ARGS__, NULL})
/* The same on stdout. */
#define TELL(ctl, text, ...) show_tell((ctl), (text), (const char *const[]){__VA_ARGS__, NULL})
void show_talk(struct ctl *ctl, enum text text, const char *const *arguments);
void show_tell(struct ctl *ctl, enum text text, const char *const *arguments);
/* The sentence in the arena. */
#define FILL(ctl, text, ...) show_fill((ctl), (text), (const char *const[]){__VA_ARGS__, NULL})
const char *show_fill(struct ctl *ctl, enum text text, const char *const *arguments);

/* Texts in the arena. Numbers with marks for thousands; the language's digits. */
const char *show_number(struct ctl *ctl, int64_t number);
/* Digits of the language, no marks: days, versions. */
const char *show_digits(struct ctl *ctl, const char *text);
/* An id, isolated on a terminal. */
const char *show_id(struct ctl *ctl, const char *id);
/* "1404-09-02 12:30" of Tehran; "" for 0. */
const char *show_instant(struct ctl *ctl, int64_t time_ms);
/* A fraction with up to four digits after the point, rounded down; a dash for denominator 0. */
const char *show_fraction(struct ctl *ctl, int64_t numerator, int64_t denominator);
const char *show_word(struct ctl *ctl, const char *word);

/* A value of a JSON object as people read it, by the name of its field. */
const char *show_value(struct ctl *ctl, const char *field, const json_t *value);
/* With --json the array as one line of JSON, otherwise a table with these fields (blank-
 * separated names) as columns. */
void show_list(struct ctl *ctl, const json_t *list, const char *fields);
/* One object: JSON, or a line per field that is not empty. */
void show_object(struct ctl *ctl, const json_t *object);
/* JSON on one line of stdout. */
void show_json(const json_t *json);
/* Only the table, whatever --json says. */
void show_table(struct ctl *ctl, const json_t *list, const char *fields);
/* Cells a text takes on a terminal. */
size_t show_width(const char *text);
/* A bar on stderr, on a terminal only; done == total ends it. */
void show_progress(struct ctl *ctl, const char *label, size_t done, size_t total);

/* Shorthands for JSON objects of message.h: "" and 0 when absent. */
const char *json_text(const json_t *object, const char *field);
int64_t json_number(const json_t *object, const char *field);

#endif
