#include "base/trace_context.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using ferry::trace_id_of;

const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";

BOOST_AUTO_TEST_SUITE(a_traceparent)

BOOST_AUTO_TEST_CASE(gives_its_trace_id_and_nothing_else_of_it) {
    BOOST_TEST(trace_id_of("00-" + id + "-00f067aa0ba902b7-01") == id);
    BOOST_TEST(trace_id_of("00-" + id + "-00f067aa0ba902b7-00") == id);
}

BOOST_AUTO_TEST_CASE(of_a_later_version_may_go_on_behind_a_dash) {
    BOOST_TEST(trace_id_of("cc-" + id + "-00f067aa0ba902b7-01") == id);
    BOOST_TEST(trace_id_of("cc-" + id + "-00f067aa0ba902b7-01-what-the-future-adds") == id);
    BOOST_TEST(trace_id_of("cc-" + id + "-00f067aa0ba902b7-01.more").empty());
    BOOST_TEST(trace_id_of("00-" + id + "-00f067aa0ba902b7-01-more").empty());
}

BOOST_AUTO_TEST_CASE(that_is_not_one_gives_nothing) {
    for (const std::string& odd :
         {std::string(), std::string("x"), id, "ff-" + id + "-00f067aa0ba902b7-01", "00-" + id + "-00f067aa0ba902b7",
          "00-" + id + "-00f067aa0ba902b7-0g", "0-" + id + "-00f067aa0ba902b7-011", "00_" + id + "-00f067aa0ba902b7-01",
          "00-" + id + "-0000000000000000-01", "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
          std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"), "00-" + id + "-00f067aa0ba902b7-01 ",
          std::string(55, '\0'), std::string(1000, '-')})
        BOOST_TEST(trace_id_of(odd).empty(), odd);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
