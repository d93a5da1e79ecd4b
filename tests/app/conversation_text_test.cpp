#include "app/cli/conversation_text.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::app {

namespace {

store::message_row message(std::string content, std::optional<std::string> extra = std::nullopt) {
    store::message_row row;
    row.role = "user";
    row.content = std::move(content);
    row.extra = std::move(extra);
    row.created_at_us = 1'795'700'000'000'000;
    return row;
}

std::string said(std::string content, std::optional<std::string> extra = std::nullopt) {
    const auto text = message_as_text(message(std::move(content), std::move(extra)));
    return text.substr(text.find('\n') + 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conversation_texts)

BOOST_AUTO_TEST_CASE(who_said_it_and_when_stands_above) {
    auto row = message(R"("Hello")");
    row.role = "assistant";
    row.model = "gpt-4o";
    row.end_reason = "client_gone";
    BOOST_TEST(message_as_text(row) == "assistant (gpt-4o), 2026-11-26 13:33, ended: client_gone\nHello\n");
}

BOOST_AUTO_TEST_CASE(parts_and_calls_are_readable) {
    BOOST_TEST(said(R"("one\ntwo")") == "one\ntwo\n");
    BOOST_TEST(said(R"([{"type":"text","text":"See:"},{"type":"image_url","image_url":{"url":"x"}},7])") ==
               "See:\n[image_url]\n[part]\n");
    BOOST_TEST(said("null", R"({"tool_calls":[{"function":{"name":"add","arguments":"{\"a\":1}"}},7]})") ==
               "[calls add({\"a\":1})]\n[call]\n");
    BOOST_TEST(said("null", R"({"refusal":"No."})") == "No.\n");
    BOOST_TEST(said("not json") == "not json\n");
}

BOOST_AUTO_TEST_CASE(nothing_that_was_said_steers_the_terminal) {
    auto row = message(R"("\u001b[2J\u0007")");
    row.role = "\x1b[1m";
    const auto text = message_as_text(row);
    BOOST_TEST(text.find('\x1b') == std::string::npos);
    BOOST_TEST(text.find('\x07') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
