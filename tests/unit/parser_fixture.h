/* For tests of one provider's answers: the page under test, and rows that are checked against it. Who includes this has a
 * `take` that puts elements into a page of the provider's shape. */
#ifndef SYNCLINE_TESTS_PARSER_FIXTURE_H
#define SYNCLINE_TESTS_PARSER_FIXTURE_H

#include "parser_support.h"

static struct page_test test;

static inline int open_test(void **state)
{
	(void)state;
	page_test_open(&test);
	return 0;
}

static inline int close_test(void **state)
{
	(void)state;
	page_test_close(&test);
	return 0;
}

#define CHECK(rows) check_elements(&test, rows, COUNT_OF(rows), take)

#endif
