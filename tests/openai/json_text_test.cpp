#include "openai/json_text.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace ferry::openai;

BOOST_AUTO_TEST_SUITE(json_text_suite)

BOOST_AUTO_TEST_CASE(every_character_survives_quoting) {
    std::string all;
    for (int c = 0; c != 0x80; ++c) all += static_cast<char>(c);
    all += "\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80";
    BOOST_TEST(boost::json::value_to<std::string>(boost::json::parse(quote_json(all))) == all);
    BOOST_TEST(quote_json("a\"b\\c\nd\x01") == R"("a\"b\\c\nd\u0001")");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_replaced) {
    BOOST_TEST(quote_json("a\xff"
                          "b\xc3") ==
               "\"a\xef\xbf\xbd"
               "b\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_SUITE_END()
