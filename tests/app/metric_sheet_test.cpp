#include "app/metric_sheet.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::app {

namespace {

constexpr std::array<std::uint64_t, 2> bounds = {1'000, 2'500'000};

void observe(metric_sheet& sheet, const std::array<std::uint64_t, 3>& counts, std::uint64_t sum) {
    sheet.histogram("h_seconds", "H.").add(histogram_view{bounds, counts, sum, 1e6}, {{"model", "m"}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metric_sheets)

BOOST_AUTO_TEST_CASE(figures_of_the_same_labels_are_added_up) {
    metric_sheet sheet;
    sheet.counter("c_total", "C.").add(1, {{"core", "a"}}).add(2, {{"core", "b"}}).add(3, {{"core", "a"}});
    BOOST_TEST(sheet.take_text() ==
               "# HELP c_total C.\n# TYPE c_total counter\nc_total{core=\"a\"} 4\nc_total{core=\"b\"} 2\n");
}

BOOST_AUTO_TEST_CASE(the_next_text_has_the_next_figures) {
    metric_sheet sheet;
    for (const int value : {1, 7}) {
        sheet.gauge("g", "G.").add(value);
        BOOST_TEST(sheet.take_text() == "# HELP g G.\n# TYPE g gauge\ng " + std::to_string(value) + "\n");
    }
}

BOOST_AUTO_TEST_CASE(a_histogram_is_cumulative_and_agrees_with_itself) {
    metric_sheet sheet;
    for (int i = 0; i < 2; ++i) {
        observe(sheet, {1, 0, 2}, 1'500'000);
        observe(sheet, {0, 4, 0}, 500'000);
        BOOST_TEST(sheet.take_text() ==
                   "# HELP h_seconds H.\n# TYPE h_seconds histogram\n"
                   "h_seconds_count{model=\"m\"} 7\nh_seconds_sum{model=\"m\"} 2\n"
                   "h_seconds_bucket{model=\"m\",le=\"0.001\"} 1\nh_seconds_bucket{model=\"m\",le=\"2.5\"} 5\n"
                   "h_seconds_bucket{model=\"m\",le=\"+Inf\"} 7\n");
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_longer_there_is_no_longer_told) {
    metric_sheet sheet;
    sheet.gauge("g", "G.").add(1, {{"endpoint", "old"}}).add(1, {{"endpoint", "stays"}});
    BOOST_TEST(sheet.take_text().find("old") != std::string::npos);
    for (int i = 0; i < 2; ++i) {
        sheet.gauge("g", "G.").add(5, {{"endpoint", "stays"}});
        BOOST_TEST(sheet.take_text() == "# HELP g G.\n# TYPE g gauge\ng{endpoint=\"stays\"} 5\n");
    }
    BOOST_TEST(sheet.gauge("g", "G.").take_text() == "# HELP g G.\n# TYPE g gauge\n");
}

BOOST_AUTO_TEST_CASE(labels_are_escaped_and_numbers_are_exact) {
    metric_sheet sheet;
    sheet.gauge("g", "G.").add(0.1, {{"v", "a\"b\\\n} 1"}}).add(123'456'789'012'345, {{"v", "big"}}).add(-1.5);
    BOOST_TEST(sheet.take_text() ==
               "# HELP g G.\n# TYPE g gauge\n"
               "g{v=\"a\\\"b\\\\\\n} 1\"} 0.1\ng{v=\"big\"} 123456789012345\ng -1.5\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
