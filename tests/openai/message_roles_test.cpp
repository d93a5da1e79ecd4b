// What the chat scanner notes of messages, and the members that only some services need to have changed.
#include <boost/test/unit_test.hpp>

#include "openai/member_finder.hpp"
#include "openai/role_finder.hpp"
#include "openai/scan.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

namespace {

std::vector<std::string_view> roles_in(std::string_view body) {
    std::vector<std::string_view> out;
    for (const auto role : find_roles(body, "developer")) out.push_back(text_at(body, role));
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_roles_suite)

BOOST_AUTO_TEST_CASE(each_developer_is_found) {
    const auto roles =
        roles_in(R"({"messages":[{"role":"developer","content":"x"},{"content":[{"type":"text","role":"developer"}],)"
                 R"("r\u006fle" : "developer" },{"role":"user","content":"developer"}],"model":"m"})");
    BOOST_TEST(roles.size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_else_counts_as_a_developer) {
    for (const std::string_view body :
         {R"({"messages":[{"role":"system"},{"role":"developers"},{"role":"developer "},{"role":null}]})",
          R"({"messages":[{"roles":"developer","a":{"role":"developer"}},["role","developer"],"developer"]})",
          R"({"message":[{"role":"developer"}],"role":"developer","messages":{"a":{"role":"developer"}}})",
          R"({"messages":[{"role":["developer"]},{"role":{"role":"developer"}}],"x":[{"role":"developer"}]})",
          R"({"messages":[{"name":"developer","arole":"developer","role12345678901234567890":"developer"}]})",
          R"({"messages":[]})"}) {
        BOOST_TEST(roles_in(body).empty(), body);
    }
}

BOOST_AUTO_TEST_CASE(members_that_are_not_routed_may_stand_twice_and_the_last_is_noted) {
    const std::string_view body = R"({"top_p":1,"top_p":0.5,"Top_P":3,"enable_thinking":true,"enable_thinking":null})";
    const auto request = scan(body).value();
    BOOST_TEST(text_at(body, request.where(member::top_p)->value) == "0.5");
    BOOST_TEST(text_at(body, request.where(member::enable_thinking)->value) == "null");
}

BOOST_AUTO_TEST_CASE(any_member_can_be_found_by_a_pass_over_the_body) {
    const std::string_view body = R"({"a":{"temperature":1}, "t\u0065mperature" : 0.20 ,"x":"temperature"})";
    const auto found = find_member(body, "temperature");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(text_at(body, found->whole) == R"("t\u0065mperature" : 0.20)");
    BOOST_TEST(text_at(body, found->value) == "0.20");
    BOOST_TEST(!find_member(body, "seed"));
}

BOOST_AUTO_TEST_CASE(of_more_roles_than_anybody_sends_none_is_found) {
    const auto messages = [](std::size_t count) {
        std::string body = R"({"messages":[)";
        for (std::size_t i = 0; i != count; ++i) body += R"({"role":"developer"},)";
        return body + R"({"role":"user"}]})";
    };
    BOOST_TEST(find_roles(messages(roles_max), "developer").size() == roles_max);
    BOOST_TEST(find_roles(messages(roles_max + 1), "developer").empty());
}

BOOST_AUTO_TEST_SUITE_END()
