#include "base/time_text.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry {

BOOST_AUTO_TEST_SUITE(time_texts)

BOOST_AUTO_TEST_CASE(times_are_written_to_the_microsecond) {
    BOOST_TEST(time_text(0) == "1970-01-01 00:00:00.000000");
    BOOST_TEST(time_text(-1) == "1969-12-31 23:59:59.999999");
    BOOST_TEST(time_text(1'893'553'445'678'901) == "2030-01-02 03:04:05.678901");
    BOOST_TEST(time_text(951'782'400'000'000) == "2000-02-29 00:00:00.000000");
    BOOST_TEST(time_text(INT64_MAX) == "9999-12-31 23:59:59.999999");
    BOOST_TEST(time_text(INT64_MIN) == "0000-01-01 00:00:00.000000");
}

BOOST_AUTO_TEST_CASE(json_has_times_as_rfc_3339_says) {
    text_buffer out;
    out.add("at ");
    append_rfc3339(out, 1'893'553'445'678'901);
    BOOST_TEST(out.view() == "at 2030-01-02T03:04:05.678901Z");
}

BOOST_AUTO_TEST_CASE(http_has_times_with_the_day_of_the_week) {
    BOOST_TEST(http_date(784'111'777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // of RFC 9110 section 5.6.7
    BOOST_TEST(http_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    BOOST_TEST(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(http_date(951'782'400) == "Tue, 29 Feb 2000 00:00:00 GMT");
    BOOST_TEST(http_date(4'102'444'799) == "Thu, 31 Dec 2099 23:59:59 GMT");
    BOOST_TEST(http_date(INT64_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
    for (std::int64_t time = -5'000'000'000'000'000; time < 5'000'000'000'000'000; time += 123'456'789'012'345) {
        BOOST_TEST(parse_time(time_text(time)).value() == time);
    }
}

BOOST_AUTO_TEST_CASE(people_may_write_times_shorter) {
    constexpr std::int64_t second = 1'893'553'445'000'000;  // 2030-01-02 03:04:05
    for (const char* text : {"2030-01-02 03:04:05", "2030-01-02T03:04:05Z", "2030-01-02T03:04:05.0000009",
                             "2030-01-02 11:04:05+08:00", "2030-01-02T11:04:05+0800", "2030-01-01T22:04:05-05"}) {
        BOOST_TEST(parse_time(text).value() == second, text);
    }
    BOOST_TEST(parse_time("2030-01-02 03:04").value() == second - 5'000'000);
    BOOST_TEST(parse_time("2030-01-02 03:04:05.5").value() == second + 500'000);
    BOOST_TEST(parse_time("2030-01-02").value() == 1'893'542'400'000'000);
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_time) {
    for (const char* text : {"", "2030", "2030-13-01", "2030-02-30", "2030-1-2", "2030-01-02 ", "2030-01-02 24:00:00",
                             "2030-01-02 03:60:00", "2030-01-02 03:04:05.", "2030-01-02 03:04:05 ", "1893553445",
                             "2030-01-02 03:04:05+8", "2030-01-02 03:04:05ZZ", "tomorrow", "2030/01/02"}) {
        BOOST_TEST(!parse_time(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry
