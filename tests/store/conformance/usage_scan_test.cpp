#include "store/conformance/usage_fixture.hpp"

namespace ferry::store {

namespace {}

BOOST_FIXTURE_TEST_SUITE(usage_scan, usage_fixture)

BOOST_AUTO_TEST_CASE(a_scan_gives_the_window_in_order_of_time) {
    const std::string a = id_at(10, 'a'), b = id_at(20, 'b'), c = id_at(30, 'c');
    usage->insert(rows{usage_of(c, 30), usage_of(a, 10), usage_of(b, 20)}, {});
    BOOST_TEST(ids({}) == a + b + c);
    BOOST_TEST(ids({20, std::nullopt}) == b + c);
    BOOST_TEST(ids({std::nullopt, 20}) == a);
    BOOST_TEST(ids({11, 30}) == b);
}

BOOST_AUTO_TEST_CASE(a_row_whose_id_is_minutes_from_its_time_is_in_the_window_of_its_time) {
    constexpr std::int64_t minutes_us = 300'000'000;
    const std::string early = id_at(some_time_us - minutes_us, 'a'), late = id_at(some_time_us + minutes_us, 'b');
    usage->insert(rows{usage_of(early, some_time_us), usage_of(late, some_time_us)}, {});
    BOOST_TEST(ids({some_time_us, some_time_us + 1}) == early + late);
    BOOST_TEST(ids({some_time_us + 1, std::nullopt}) == "");
    BOOST_TEST(ids({std::nullopt, some_time_us}) == "");
}

BOOST_AUTO_TEST_CASE(a_window_reads_no_more_than_its_ids) {
    run("INSERT INTO usage_records (request_id, started_at) VALUES"
        " ('" +
        id_at(some_time_us - day_us, 'a') + "', '2030-01-02 03:04:05.678901')");
    BOOST_TEST(ids({some_time_us - 1, some_time_us + 1}) == "");
    BOOST_TEST(all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_visitor_throws_ends_the_scan) {
    usage->insert(rows{usage_of("a", 1), usage_of("b", 2)}, {});
    int seen = 0;
    const auto visit = [&seen](const usage_row&) {
        ++seen;
        throw std::runtime_error("enough");
    };
    BOOST_CHECK_THROW(usage->scan({}, visit), std::runtime_error);
    BOOST_TEST(seen == 1);
    BOOST_TEST(usage->insert(rows{usage_of("c", 3)}, {}) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
