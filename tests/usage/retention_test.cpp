#include "usage/retention.hpp"

#include "base/time_text.hpp"
#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

std::string kept_from(const std::string& now, int days) {
    return time_text(beginning_of_kept(*parse_time(now), std::chrono::days(days))).substr(0, 19);
}

options keeping(const std::string& folder, int days) {
    options chosen = journal_in(folder);
    chosen.retention = std::chrono::days(days);
    return chosen;
}

constexpr std::int64_t far_future_us = 4'102'444'800'000'000, far_past_us = 0;

BOOST_FIXTURE_TEST_SUITE(retention, temporary_folder)

BOOST_AUTO_TEST_CASE(a_month_goes_when_all_of_it_is_older_than_what_is_kept) {
    BOOST_TEST(kept_from("2026-11-26T10:00:00Z", 30) == "2026-10-01 00:00:00");
    BOOST_TEST(kept_from("2026-11-30T23:59:59Z", 30) == "2026-10-01 00:00:00");
    BOOST_TEST(kept_from("2026-12-01T00:00:00Z", 30) == "2026-11-01 00:00:00");
    BOOST_TEST(kept_from("2026-03-01T00:00:00Z", 1) == "2026-02-01 00:00:00");
    BOOST_TEST(kept_from("2026-11-26T10:00:00Z", 400) == "2025-10-01 00:00:00");
}

BOOST_AUTO_TEST_CASE(the_store_is_purged_step_by_step_up_to_the_month_that_is_kept) {
    memory_store store;
    journal opened(keeping(path, 400), 1, small_segments);
    shipper ships(opened, store);
    while (store.purges().first < 3) std::this_thread::yield();
    BOOST_TEST(store.purges().second == beginning_of_kept(wall_us(), std::chrono::days(400)));
    BOOST_TEST(store.sums_purged_before() == 0);
    BOOST_TEST(ships.status().purge_error == "");
}

BOOST_AUTO_TEST_CASE(sums_have_a_retention_of_their_own_and_go_behind_the_rows) {
    memory_store store;
    auto chosen = keeping(path, 400);
    chosen.sums_retention = std::chrono::days(800);
    journal opened(chosen, 1, small_segments);
    shipper ships(opened, store);
    while (store.sums_purged_before() == 0) std::this_thread::yield();
    BOOST_TEST(store.sums_purged_before() == beginning_of_kept(wall_us(), std::chrono::days(800)));
    BOOST_TEST(store.purges().first == 3);
}

BOOST_AUTO_TEST_CASE(nothing_is_purged_where_everything_is_kept) {
    memory_store store;
    journal opened(journal_in(path), 1, small_segments);
    shipper ships(opened, store);
    for (int n = 0; n < 20; ++n) BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.purges().first == 0);
}

BOOST_AUTO_TEST_CASE(nothing_is_purged_while_rows_wait_in_the_journal) {
    memory_store store;
    std::atomic<bool> is_away{true};
    store.before_insert = [&](auto) {
        if (is_away) throw store::store_unavailable("away");
    };
    journal opened(keeping(path, 400), 1, small_segments);
    serve(opened.writer(0), 1);
    shipper ships(opened, store);
    while (store.calls() < 3) std::this_thread::yield();
    BOOST_TEST(store.purges().first == 0);
    is_away = false;
    while (store.purges().first < 3) std::this_thread::yield();
    BOOST_TEST(store.rows().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_another_process_holds_of_an_old_month_keeps_the_month) {
    const uuid nobody = make_uuid();
    BOOST_TEST(!others_hold_rows_before(path, nobody, far_future_us));
    memory_store store;
    journal other(journal_in(path), 1, small_segments);
    BOOST_TEST(!others_hold_rows_before(path, nobody, far_future_us));
    auto open = begin_patiently(other.writer(0), 1, make_uuid());
    BOOST_TEST(others_hold_rows_before(path, nobody, far_future_us));
    BOOST_TEST(!others_hold_rows_before(path, nobody, far_past_us));
    BOOST_TEST(!others_hold_rows_before(path, other.instance(), far_future_us));
    other.writer(0).end(*open, end_number(1));
    BOOST_TEST(others_hold_rows_before(path, nobody, far_future_us));
    shipper ships(other, store);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(!others_hold_rows_before(path, nobody, far_future_us));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_keeps_the_month) {
    const segment_identity other{make_uuid(), 0, 1};
    std::ofstream(path + "/" + segment_file_name(other)) << std::string(5000, 'x');
    BOOST_TEST(others_hold_rows_before(path, make_uuid(), far_past_us));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
