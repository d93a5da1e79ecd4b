#include <boost/test/unit_test.hpp>

#include "app/config_text.hpp"

using ferry::test::load_sources;

BOOST_AUTO_TEST_SUITE(warnings)

BOOST_AUTO_TEST_CASE(the_defaults_give_no_warning) {
    BOOST_TEST(load_sources({}).warnings.empty());
}

BOOST_AUTO_TEST_CASE(serving_everybody_without_a_key_warns) {
    BOOST_TEST(load_sources({{"FERRY_AUTH_REQUIRED", "false"}}).warnings.empty());
    const auto open = load_sources({{"FERRY_AUTH_REQUIRED", "false"}, {"FERRY_SERVER_LISTEN", "0.0.0.0:80"}}).warnings;
    BOOST_TEST_REQUIRE(open.size() == 1u);
    BOOST_TEST(open[0].starts_with("configuration: auth.required: is false, so whoever reaches server.listen"));
}

BOOST_AUTO_TEST_CASE(less_memory_than_one_body_may_take_warns) {
    const auto small = load_sources({{"FERRY_LIMITS_BODY_MEMORY", "16MiB"}}).warnings;
    BOOST_TEST_REQUIRE(small.size() == 1u);
    BOOST_TEST(small[0].starts_with("configuration: limits.body_memory: is less than one request body may have"));
}

BOOST_AUTO_TEST_SUITE_END()
