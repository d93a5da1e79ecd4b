#include "server/page_query.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;
using server::read_page_query;

BOOST_AUTO_TEST_SUITE(the_query_of_a_list)

// What stands behind the target in the buffer is none of it.
BOOST_AUTO_TEST_CASE(the_last_parameter_ends_with_the_target) {
    const std::string_view buffer =
        "/v1/conversations?limit=5&q=a+b%25 HTTP/1.1\r\nAuthorization: Bearer secret\r\n\r\n";
    const auto read = read_page_query(buffer.substr(0, buffer.find(' ')), false);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->page.most == 5u);
    BOOST_TEST(read->words == "a b%");
}

BOOST_AUTO_TEST_CASE(what_is_not_named_is_as_usual_and_other_names_are_passed_over) {
    for (const char* target : {"/v1/conversations", "/v1/conversations?", "/v1/conversations?x=%41&&y&=z"}) {
        const auto read = read_page_query(target, true);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(read->page.most == 20u);
        BOOST_TEST(!read->page.after.has_value());
        BOOST_TEST(read->page.is_ascending);
        BOOST_TEST(read->words.empty());
    }
}

BOOST_AUTO_TEST_CASE(order_and_after_are_taken) {
    const auto read = read_page_query("/x?order=desc&after=9007199254740991", true);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(!read->page.is_ascending);
    BOOST_TEST(read->page.after.value() == 9007199254740991);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const auto param = [](std::string_view target) { return read_page_query(target, true).error().param; };
    for (const char* target : {"/x?limit=0", "/x?limit=101", "/x?limit=", "/x?limit=5x", "/x?limit"})
        BOOST_TEST(param(target) == "limit");
    BOOST_TEST(param("/x?order=up") == "order");
    BOOST_TEST(param("/x?after=1.5") == "after");
    BOOST_TEST(param("/x?q=" + std::string(257, 'a')) == "q");
    BOOST_TEST(read_page_query("/x?q=%zz", true).error().message.find("not well formed") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
