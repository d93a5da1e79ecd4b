#include "catalog/json_members.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using catalog::split_members;

BOOST_AUTO_TEST_SUITE(json_members)

BOOST_AUTO_TEST_CASE(members_keep_the_spelling_they_were_written_with) {
    const auto members = split_members(
        "\n{ \"a\" : 1e-7 , \"b\":12345678901234567890123,\"c\":\"x,}\\\"\\\\\" ,\"d\": {\"e\":[1,{\"f\":\"]}\"}], "
        "\"g\": "
        "{} }\t,\"h\\u0041\\n\":[ ],\"i\":1e400,\"j\":null,\"k\":\"}\"} ");
    BOOST_REQUIRE(members.has_value());
    const struct {
        std::string name, quoted, value;
    } expected[] = {
        {"a", "\"a\"", "1e-7"},
        {"b", "\"b\"", "12345678901234567890123"},
        {"c", "\"c\"", "\"x,}\\\"\\\\\""},
        {"d", "\"d\"", "{\"e\":[1,{\"f\":\"]}\"}], \"g\": {} }"},
        {"hA\n", "\"h\\u0041\\n\"", "[ ]"},
        {"i", "\"i\"", "1e400"},
        {"j", "\"j\"", "null"},
        {"k", "\"k\"", "\"}\""},
    };
    BOOST_REQUIRE(members->size() == std::size(expected));
    for (std::size_t i = 0; i < members->size(); ++i) {
        BOOST_TEST((*members)[i].name == expected[i].name);
        BOOST_TEST((*members)[i].quoted_name == expected[i].quoted);
        BOOST_TEST((*members)[i].value == expected[i].value);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_object_has_no_members) {
    for (const char* text : {"{}", " { \n} "}) BOOST_TEST(split_members(text).value().empty(), text);
}

BOOST_AUTO_TEST_CASE(what_is_not_one_object_is_refused) {
    const std::string deep = "{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}";
    for (const std::string& text :
         {std::string(""), std::string("[]"), std::string("null"), std::string("\"a\""), std::string("{\"a\":1,}"),
          std::string("{\"a\"}"), std::string("{a:1}"), std::string("{\"a\":1} {}"), std::string("{\"a\":NaN}"),
          std::string("{\"a\":01}"), std::string("{\"a\":\"\xff\"}"), std::string("{\"a\":\"\n\"}"), std::string("{"),
          std::string("// x\n{}"), deep})
        BOOST_TEST(!split_members(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(two_members_of_one_name_are_refused_however_they_are_spelled) {
    BOOST_TEST(!split_members("{\"a\":1,\"a\":1}").has_value());
    BOOST_TEST(!split_members("{\"a\":1,\"\\u0061\":1}").has_value());
    BOOST_TEST(split_members("{\"a\":1,\"A\":1}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
