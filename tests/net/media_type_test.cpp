#include "net/media_type.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry::net;

BOOST_AUTO_TEST_SUITE(media_type_suite)

BOOST_AUTO_TEST_CASE(parameters_are_not_part_of_a_media_type) {
    BOOST_TEST(media_type("text/html \t; charset=utf-8") == "text/html");
    BOOST_TEST(media_type("text/html") == "text/html");
    BOOST_TEST(media_type(";charset=utf-8") == "");
    BOOST_TEST(media_type("") == "");
}

BOOST_AUTO_TEST_CASE(json_goes_by_its_name_and_by_its_suffix) {
    for (const auto* type : {"application/json", "Application/JSON; charset=utf-8", "application/problem+json ;q=1"})
        BOOST_TEST(is_json_type(type), type);
    for (const auto* type : {"", "+json", "text/json", "application/jsonl", "application/json5", "json"})
        BOOST_TEST(!is_json_type(type), type);
}

BOOST_AUTO_TEST_SUITE_END()
