/* Figures as people read them. Pure: each writes C text into `text` and returns it. */
#ifndef SYNCLINE_CTL_FIGURE_H
#define SYNCLINE_CTL_FIGURE_H

#include <stdint.h>

enum { FIGURE_TEXT = 48 };

/* 1234567 -> "1,234,567" */
const char *figure_count(int64_t number, char text[FIGURE_TEXT]);

/* "1 error", "2,000 errors" (adds an s unless the number is 1) */
const char *figure_many(int64_t number, const char *word, char text[FIGURE_TEXT]);

/* A length of time: "0.4 s", "12 s", "2 min 5 s", "1 h 3 min", "3 days" */
const char *figure_span(int64_t ms, char text[FIGURE_TEXT]);

/* A countdown, or how long a track is, in full seconds rounded up: "0:12", "1:02:03" */
const char *figure_clock(int64_t ms, char text[FIGURE_TEXT]);

/* A moment ms from now (negative: past): "just now", "5 min ago", "in 12 s", "3 days ago" */
const char *figure_ago(int64_t ms, char text[FIGURE_TEXT]);

#endif
