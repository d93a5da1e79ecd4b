#include "relay/tries/patience.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>

using namespace ferry;
using namespace ferry::relay;
using namespace std::chrono_literals;

namespace {

constexpr auto most = 120'000ms;

struct measures {
    std::unique_ptr<row_delays> all = std::make_unique<row_delays>();

    void note(std::int64_t row, milliseconds length, int times = 1, bool is_stream = true) {
        for (int i = 0; i < times; ++i) all->note(row, is_stream, length.count() * 1000);
    }
    milliseconds quantile(std::int64_t row, double share = 0.99, bool is_stream = true) const {
        const auto of = all->of(row, is_stream, share);
        return of ? of->quantile : 0ms;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(patience_suite)

BOOST_AUTO_TEST_CASE(a_row_that_is_not_known_has_some_seconds_and_a_document_the_time_to_make_it) {
    BOOST_TEST((patience_for({}, most) == 8s));
    BOOST_TEST((patience_for({.is_stream = false, .tokens = 500}, most) == 18s));
    BOOST_TEST((patience_for({.is_stream = false, .tokens = 50}, most) == 9s));
    BOOST_TEST((patience_for({}, 3s) == 3s));
}

BOOST_AUTO_TEST_CASE(each_time_that_the_circuit_of_an_unknown_row_opened_doubles_it) {
    BOOST_TEST((patience_for({.openings = 2}, most) == 32s));
    BOOST_TEST((patience_for({.openings = 1'000'000}, most) == most));
    BOOST_TEST((patience_for({.usual = usual_delay{2s, 100}, .openings = 9}, most) == 6s));
}

BOOST_AUTO_TEST_CASE(a_row_that_is_known_has_three_times_what_it_usually_takes) {
    BOOST_TEST((patience_for({.usual = usual_delay{10ms, 100}}, most) == 5s));
    BOOST_TEST((patience_for({.usual = usual_delay{10s, 100}}, most) == 30s));
    BOOST_TEST((patience_for({.usual = usual_delay{100s, 100}}, most) == most));
    // A few answers are no quantile.
    BOOST_TEST((patience_for({.usual = usual_delay{10ms, 3}}, most) == 8s));
    BOOST_TEST((patience_for({.usual = usual_delay{20s, 3}}, most) == 60s));
}

BOOST_FIXTURE_TEST_CASE(the_quantile_is_that_of_the_latest_answers, measures) {
    BOOST_TEST(!all->of(1, true, 0.99));
    note(1, 100ms, 99);
    note(1, 9s);
    BOOST_TEST(quantile(1).count() >= 100);
    BOOST_TEST(quantile(1).count() <= 142);
    BOOST_TEST(quantile(1, 1.0).count() >= 9000);
    BOOST_TEST(quantile(1, 1.0).count() <= 12728);
    note(1, 3s, 2000);
    BOOST_TEST(quantile(1, 0.5).count() >= 3000);
    BOOST_TEST(all->of(1, true, 0.5)->known < 512);
}

BOOST_FIXTURE_TEST_CASE(every_delay_lies_below_its_bound_and_not_far, measures) {
    std::int64_t row = 0;
    for (auto length = 1ms; length < 600'000ms; length += length / 3 + 1ms) {
        note(++row, length);
        BOOST_TEST(quantile(row).count() >= length.count());
        BOOST_TEST(quantile(row).count() <= length.count() * 3 / 2 + 1);
    }
}

BOOST_FIXTURE_TEST_CASE(streams_and_documents_and_rows_are_apart, measures) {
    note(1, 100ms);
    note(1, 30s, 1, false);
    note(2, 1s);
    BOOST_TEST(quantile(1).count() < 200);
    BOOST_TEST(quantile(1, 0.99, false).count() >= 30'000);
    BOOST_TEST(quantile(2).count() >= 1000);
    BOOST_TEST(!all->of(2, false, 0.99));
}

BOOST_FIXTURE_TEST_CASE(more_rows_than_there_is_room_for_are_measured_all_the_same, measures) {
    for (std::int64_t row = 1; row < 5000; ++row) note(row, 100ms);
    note(77, 1s);
    BOOST_TEST(quantile(77).count() >= 1000);
}

BOOST_AUTO_TEST_CASE(the_sdk_says_how_long_its_client_waits) {
    BOOST_TEST((*client_timeout("600") == 600s));
    BOOST_TEST((*client_timeout("1800") == 1800s));
    BOOST_TEST((*client_timeout("2.5") == 2500ms));
    BOOST_TEST((*client_timeout("0.1234567") == 123ms));
    for (const auto* odd : {"", "None", "-1", "0", "1e3", "999999999", "NOT_GIVEN"}) BOOST_TEST(!client_timeout(odd));
}

BOOST_AUTO_TEST_SUITE_END()
