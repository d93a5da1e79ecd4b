#include <boost/test/unit_test.hpp>

#include "provider/table.hpp"

using namespace ferry::provider;
using namespace std::chrono;

namespace {

// 22 November 2026, 06:59:50 UTC.
const system_clock::time_point now = sys_days(year(2026) / 11 / 22) + hours(6) + minutes(59) + seconds(50);

// Milliseconds; -1 for nothing.
std::int64_t wait(const retry_fields& fields, std::string_view message = "") {
    const auto found = find_provider("other").retry_after(fields, message, now);
    return found ? found->count() : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retry_after_suite)

BOOST_AUTO_TEST_CASE(retry_after_is_read_in_each_form) {
    BOOST_TEST(wait({.retry_after = "7"}) == 7000);
    BOOST_TEST(wait({.retry_after = " 1.5 "}) == 1500);
    BOOST_TEST(wait({.retry_after = "0"}) == 0);
    BOOST_TEST(wait({.retry_after = "Sun, 22 Nov 2026 07:00:00 GMT"}) == 10'000);
    BOOST_TEST(wait({.retry_after = "Sun, 22 Nov 2026 06:00:00 GMT"}) == 0);
    BOOST_TEST(wait({.retry_after_ms = "250"}) == 250);
    BOOST_TEST(wait({.retry_after = "9", .retry_after_ms = "250"}) == 250);
}

BOOST_AUTO_TEST_CASE(nonsense_is_ignored_and_long_waits_are_capped) {
    for (const std::string_view text : {"", "-1", "nan", "soon", "1x", "1 2", "Sun, 99 Nov 2026 07:00:00 GMT",
                                        "Sun, 22 Foo 2026 07:00:00 GMT", "Sunday, 22-Nov-26 07:00:00 GMT"}) {
        BOOST_TEST(wait({.retry_after = text}) == -1, text);
    }
    BOOST_TEST(wait({.retry_after = "3600"}) == 3'600'000);
    BOOST_TEST(wait({.retry_after = "99999999999999999999999999"}) == 86'400'000);
    BOOST_TEST(wait({.retry_after = "Sun, 22 Nov 2027 07:00:00 GMT"}) == 86'400'000);
    BOOST_TEST(wait({.retry_after = "Sun, 22 Nov 2426 07:00:00 GMT"}) == 86'400'000);
    BOOST_TEST(wait({.retry_after = "Sat, 31 Dec 9999 23:59:59 GMT"}) == 86'400'000);
}

BOOST_AUTO_TEST_CASE(resets_of_rate_limits_are_durations) {
    BOOST_TEST(wait({.reset_requests = "12ms"}) == 12);
    BOOST_TEST(wait({.reset_requests = "1s"}) == 1000);
    BOOST_TEST(wait({.reset_requests = "6m0s"}) == 360'000);
    BOOST_TEST(wait({.reset_tokens = "7.66s"}) == 7660);
    BOOST_TEST(wait({.reset_tokens = "0.5"}) == 500);
    BOOST_TEST(wait({.reset_tokens = "1h2m"}) == 3'720'000);
    BOOST_TEST(wait({.reset_requests = "20s", .reset_tokens = "5s"}) == 5000);
    BOOST_TEST(wait({.reset_requests = "x", .reset_tokens = "-3s"}) == -1);
}

BOOST_AUTO_TEST_CASE(the_message_may_say_when) {
    BOOST_TEST(wait({}, "Rate limit reached. Please try again in 5.289s. Visit ...") == 5289);
    BOOST_TEST(wait({}, "Please try again in 20ms.") == 20);
    BOOST_TEST(wait({}, "Try again in 1m1.5s") == 61'500);
    BOOST_TEST(wait({}, "Please retry after 20 seconds.") == 20'000);
    BOOST_TEST(wait({}, "Please retry in 36.5s.") == 36'500);
    BOOST_TEST(wait({}, "try again in a while") == -1);
    BOOST_TEST(wait({}, "try again in 5 moons") == -1);
    BOOST_TEST(wait({.retry_after = "2"}, "try again in 5s") == 2000);
}

BOOST_AUTO_TEST_CASE(the_message_may_name_the_moment_of_a_reset_in_beijing) {
    BOOST_TEST(wait({}, "Your limit will reset at 2026-11-22 15:00:00") == 10'000);
    BOOST_TEST(wait({}, "\u60a8\u7684\u9650\u989d\u5c06\u5728 2026-11-22 15:00:05 \u91cd\u7f6e\u3002") == 15'000);
    BOOST_TEST(wait({}, "Usage limit reached. It will reset at 2026-11-23 00:00:00.") == 32'410'000);
    BOOST_TEST(wait({}, "Your limit was reset at 2026-11-22 14:00:00") == -1);
    BOOST_TEST(wait({}, "it will reset at 2026-99-22 15:00:00") == -1);
    BOOST_TEST(wait({}, "see the log of 2026-11-22 15:00:00") == -1);
}

BOOST_AUTO_TEST_SUITE_END()
