#include "limits/period.hpp"

#include <boost/test/unit_test.hpp>

#include "base/time_text.hpp"

namespace ferry::limits {
namespace {

using access::budget_period;

std::string around(budget_period which, const std::string& time, const std::string& by = "UTC") {
    const auto found = period_at(which, *parse_time(time), calendar::named(by).value());
    return time_text(found.begin_us).substr(0, 16) + " to " + time_text(found.end_us).substr(0, 16);
}

// How long the period is in which the time lies, in hours.
double hours_around(budget_period which, const std::string& time, const std::string& by) {
    const auto found = period_at(which, *parse_time(time), calendar::named(by).value());
    return static_cast<double>(found.end_us - found.begin_us) / 3.6e9;
}

BOOST_AUTO_TEST_SUITE(period_suite)

BOOST_AUTO_TEST_CASE(periods_are_those_of_the_calendar) {
    const std::string time = "2026-11-27 22:15:00";
    BOOST_TEST(around(budget_period::hour, time) == "2026-11-27 22:00 to 2026-11-27 23:00");
    BOOST_TEST(around(budget_period::day, time) == "2026-11-27 00:00 to 2026-11-28 00:00");
    BOOST_TEST(around(budget_period::week, time) == "2026-11-23 00:00 to 2026-11-30 00:00");
    BOOST_TEST(around(budget_period::month, time) == "2026-11-01 00:00 to 2026-12-01 00:00");
    BOOST_TEST(around(budget_period::month, "2026-12-31 23:59:59") == "2026-12-01 00:00 to 2027-01-01 00:00");
    BOOST_TEST(around(budget_period::week, "2026-11-23 00:00:00") == "2026-11-23 00:00 to 2026-11-30 00:00");
    BOOST_TEST(around(budget_period::week, "2026-11-22 23:59:59") == "2026-11-16 00:00 to 2026-11-23 00:00");
}

BOOST_AUTO_TEST_CASE(a_day_begins_where_people_are) {
    BOOST_TEST(around(budget_period::day, "2026-11-27 22:15:00", "+08:00") == "2026-11-27 16:00 to 2026-11-28 16:00");
    BOOST_TEST(around(budget_period::month, "2026-11-30 22:15:00", "+08:00") == "2026-11-30 16:00 to 2026-12-31 16:00");
    BOOST_TEST(around(budget_period::hour, "2026-11-27 22:15:00", "-05:30") == "2026-11-27 21:30 to 2026-11-27 22:30");
    BOOST_TEST(around(budget_period::week, "2026-11-22 16:00:00", "Asia/Shanghai") ==
               "2026-11-22 16:00 to 2026-11-29 16:00");
    BOOST_TEST(around(budget_period::hour, "2026-11-27 22:20:00", "Asia/Kathmandu") ==
               "2026-11-27 22:15 to 2026-11-27 23:15");
}

BOOST_AUTO_TEST_CASE(days_follow_the_clocks_of_summer) {
    const std::string berlin = "Europe/Berlin";
    BOOST_TEST(around(budget_period::day, "2026-07-01 12:00:00", berlin) == "2026-06-30 22:00 to 2026-07-01 22:00");
    BOOST_TEST(around(budget_period::day, "2026-03-29 12:00:00", berlin) == "2026-03-28 23:00 to 2026-03-29 22:00");
    BOOST_TEST(hours_around(budget_period::day, "2026-03-29 00:00:00", berlin) == 23);
    BOOST_TEST(hours_around(budget_period::day, "2026-10-25 12:00:00", berlin) == 25);
    BOOST_TEST(hours_around(budget_period::week, "2026-10-25 12:00:00", berlin) == 7 * 24 + 1);
    BOOST_TEST(around(budget_period::month, "2026-03-31 21:59:59", berlin) == "2026-02-28 23:00 to 2026-03-31 22:00");
    BOOST_TEST(hours_around(budget_period::day, "2036-03-30 12:00:00", berlin) == 23);
}

BOOST_AUTO_TEST_CASE(an_hour_that_clocks_show_twice_is_two) {
    const std::string berlin = "Europe/Berlin";
    BOOST_TEST(around(budget_period::hour, "2026-10-25 00:30:00", berlin) == "2026-10-25 00:00 to 2026-10-25 01:00");
    BOOST_TEST(around(budget_period::hour, "2026-10-25 01:30:00", berlin) == "2026-10-25 01:00 to 2026-10-25 02:00");
    BOOST_TEST(around(budget_period::hour, "2026-03-29 00:59:59", berlin) == "2026-03-29 00:00 to 2026-03-29 01:00");
    BOOST_TEST(around(budget_period::hour, "2026-03-29 01:00:00", berlin) == "2026-03-29 01:00 to 2026-03-29 02:00");
    // Lord Howe's clocks go back by half an hour, at two.
    BOOST_TEST(around(budget_period::hour, "2026-04-04 14:59:00", "Australia/Lord_Howe") ==
               "2026-04-04 14:00 to 2026-04-04 15:00");
    BOOST_TEST(around(budget_period::hour, "2026-04-04 15:10:00", "Australia/Lord_Howe") ==
               "2026-04-04 15:00 to 2026-04-04 15:30");
}

BOOST_AUTO_TEST_CASE(a_midnight_that_is_skipped_or_shown_twice_begins_one_day) {
    // Cairo skips from midnight to one.
    BOOST_TEST(around(budget_period::day, "2026-04-24 12:00:00", "Africa/Cairo") ==
               "2026-04-23 22:00 to 2026-04-24 21:00");
    // Havana shows 00:00 to 00:59 twice.
    BOOST_TEST(around(budget_period::day, "2026-11-01 05:30:00", "America/Havana") ==
               "2026-11-01 04:00 to 2026-11-02 05:00");
    // St. John's went from 00:01 back to 23:01 of the day before.
    BOOST_TEST(around(budget_period::day, "2010-11-07 02:45:00", "America/St_Johns") ==
               "2010-11-07 02:30 to 2010-11-08 03:30");
    // Samoa had no 30 December.
    BOOST_TEST(around(budget_period::day, "2011-12-30 09:59:59", "Pacific/Apia") ==
               "2011-12-29 10:00 to 2011-12-30 10:00");
    BOOST_TEST(around(budget_period::day, "2011-12-30 10:00:00", "Pacific/Apia") ==
               "2011-12-30 10:00 to 2011-12-31 10:00");
}

// Whatever clocks do, each instant lies in one period, and the next one begins where it ends.
BOOST_AUTO_TEST_CASE(periods_follow_each_other_without_a_gap) {
    constexpr std::int64_t quarter_us = 900'000'000;
    for (const auto* zone : {"Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo",
                             "America/Havana", "Pacific/Apia", "Africa/Casablanca"}) {
        const auto by = calendar::named(zone).value();
        for (const auto which : {budget_period::hour, budget_period::day, budget_period::week, budget_period::month}) {
            const auto begin = *parse_time("2010-12-31 12:00:00");
            auto last = period_at(which, begin, by);
            for (auto at = begin; at < begin + 366 * 96 * quarter_us; at += quarter_us) {
                const auto now = period_at(which, at, by);
                const bool is_same = now.begin_us == last.begin_us && now.end_us == last.end_us;
                BOOST_REQUIRE(now.begin_us <= at);
                BOOST_REQUIRE(at < now.end_us);
                BOOST_REQUIRE((is_same || now.begin_us == last.end_us));
                last = now;
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_zone_is_none) {
    for (const auto* name : {"Nowhere/Here", "", "utc+8", "+8:00", "+15:00", "+08:60", "../../etc/passwd", "Asia/"})
        BOOST_TEST(!calendar::named(name));
    BOOST_TEST((calendar::named("UTC").value() == calendar()));
}

BOOST_AUTO_TEST_CASE(a_total_never_begins_anew) {
    const auto found = period_at(budget_period::total, 5, calendar::named("+01:00").value());
    BOOST_TEST(found.begin_us == 0);
    BOOST_TEST(found.end_us > *parse_time("2200-01-01 00:00:00"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
