#include "limits/period.hpp"

#include <boost/test/unit_test.hpp>

#include "base/time_text.hpp"

namespace ferry::limits {
namespace {

using access::budget_period;
using std::chrono::minutes;

std::string around(budget_period which, const std::string& time, minutes offset = minutes(0)) {
    const auto found = period_at(which, *parse_time(time), offset);
    return time_text(found.begin_us).substr(0, 16) + " to " + time_text(found.end_us).substr(0, 16);
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
    BOOST_TEST(around(budget_period::day, "2026-11-27 22:15:00", minutes(480)) ==
               "2026-11-27 16:00 to 2026-11-28 16:00");
    BOOST_TEST(around(budget_period::month, "2026-11-30 22:15:00", minutes(480)) ==
               "2026-11-30 16:00 to 2026-12-31 16:00");
    BOOST_TEST(around(budget_period::hour, "2026-11-27 22:15:00", minutes(-330)) ==
               "2026-11-27 21:30 to 2026-11-27 22:30");
}

BOOST_AUTO_TEST_CASE(a_total_never_begins_anew) {
    const auto found = period_at(budget_period::total, 5, minutes(60));
    BOOST_TEST(found.begin_us == 0);
    BOOST_TEST(found.end_us > *parse_time("2200-01-01 00:00:00"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
