#include "store/conformance/usage_fixture.hpp"

namespace ferry::store {

namespace {

constexpr std::int64_t month_us = 1'893'456'000'000'000;  // 2030-01-01

attempt_row attempt_of(const usage_row& row) {
    attempt_row made;
    made.request_id = row.request_id;
    made.started_at_us = row.started_at_us;
    made.attempt = 1;
    return made;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(purging, usage_fixture)

BOOST_AUTO_TEST_CASE(rows_of_old_months_go_with_their_attempts_and_the_days_keep_their_sums) {
    rows given;
    std::vector<attempt_row> attempts;
    for (int i = 0; i < 1300; ++i) {
        const std::int64_t old_us = month_us - day_us - i * 1000, new_us = month_us + i * 1000;
        for (const std::int64_t time_us : {old_us, new_us}) {
            given.push_back(usage_of(id_at(time_us, 'a'), time_us));
            given.back().prompt_tokens = 3;
            attempts.push_back(attempt_of(given.back()));
        }
    }
    usage->insert(given, attempts);
    const std::string days = list("SELECT requests FROM usage_daily ORDER BY day");
    int steps = 0;
    while (usage->purge(month_us)) ++steps;
    BOOST_TEST(all().size() == 1300u);
    BOOST_TEST(all({std::nullopt, month_us}).empty());
    BOOST_TEST(ask("SELECT count(*) FROM usage_attempts") == "1300");
    BOOST_TEST(list("SELECT requests FROM usage_daily ORDER BY day") == days);
    BOOST_TEST(ask("SELECT sum(prompt_tokens) FROM usage_daily") == "7800");
    BOOST_TEST(!usage->purge(month_us));
    BOOST_TEST(steps < 100);
}

BOOST_AUTO_TEST_CASE(where_there_is_nothing_old_a_purge_is_done_at_once) {
    usage->insert(rows{usage_of(id_at(month_us, 'a'), month_us)}, {});
    // The partitions of today, which a store has from its beginning, lie before that month.
    while (usage->purge(month_us)) continue;
    BOOST_TEST(!usage->purge(month_us));
    BOOST_TEST(all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(sums_of_old_hours_go_in_steps_and_those_of_the_hour_itself_stay) {
    constexpr std::int64_t hour_us = 3'600'000'000;
    rows given;
    for (int i = 0; i < 1300; ++i) {
        // Each key has a line, so an hour has more sums than a step takes on the embedded store.
        for (const std::int64_t time_us : {month_us - hour_us, month_us - 2 * hour_us, month_us}) {
            given.push_back(usage_of(id_at(time_us + i * 1000, 'a'), time_us + i * 1000));
            given.back().key_id = i + 1;
        }
    }
    usage->insert(given, {});
    BOOST_TEST(ask("SELECT count(*) FROM usage_hourly") == "3900");
    int steps = 0;
    while (usage->purge_sums(month_us)) ++steps;
    BOOST_TEST(steps > 1);
    BOOST_TEST(steps < 20);
    BOOST_TEST(list("SELECT DISTINCT hour FROM usage_hourly") == "2030-01-01 00:00");
    BOOST_TEST(ask("SELECT count(*) FROM usage_hourly") == "1300");
    BOOST_TEST(all().size() == 3900u);
    BOOST_TEST(!usage->purge_sums(month_us));
    // The numbers of lines are still theirs.
    given.resize(1);
    given.front().request_id = id_at(month_us - hour_us + 5000, 'b');
    usage->insert(given, {});
    BOOST_TEST(ask("SELECT count(*) FROM usage_hourly WHERE key_id = 1") == "2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
