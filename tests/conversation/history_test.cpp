#include "conversation/history.hpp"

#include <boost/test/unit_test.hpp>

#include "conversation/chat.hpp"

using namespace ferry::conversation;
using namespace ferry::conversation::testing;

namespace {

const kept_messages hello = {user("hello"), assistant("hi")};

kept_messages operator+(kept_messages a, const kept_messages& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

void check_sent(const kept_messages& request, const kept_messages& stored, const kept_messages& wanted,
                const history_limits& limits = {}) {
    BOOST_TEST(sent(request, stored, limits) == text_of_all(wanted));
}

void check_added(const kept_messages& request, const kept_messages& stored, const kept_messages& wanted) {
    BOOST_TEST(added(request, stored) == wanted, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_suite)

BOOST_AUTO_TEST_CASE(the_conversation_goes_behind_the_instructions_and_before_the_rest) {
    check_sent({user("a")}, hello, hello + kept_messages{user("a")});
    check_sent(
        {instruction("s"), said("developer", "d"), user("a"), instruction("t")}, hello,
        kept_messages{instruction("s"), said("developer", "d")} + hello + kept_messages{user("a"), instruction("t")});
    check_sent({instruction("s")}, hello, kept_messages{instruction("s")} + hello);
    check_sent({}, hello, hello);
    check_sent({user("a")}, kept_messages{said("developer", "s")} + hello,
               kept_messages{instruction("s")} + hello + kept_messages{user("a")});
    check_sent({user("a")}, {}, {user("a")});
}

BOOST_AUTO_TEST_CASE(the_bytes_of_the_request_stay) {
    const std::string_view messages = " [ {\"role\" : \"system\"} , {\"role\":\"user\", \"content\":\"\\u0061\"} ] ";
    const auto plan = plan_history(messages, hello, {}, true);
    BOOST_TEST(plan.count == 2u);
    BOOST_TEST(spliced(messages, plan) ==
               " [ {\"role\" : \"system\"},{\"role\":\"user\",\"content\":\"hello\"},"
               "{\"role\":\"assistant\",\"content\":\"hi\"} , {\"role\":\"user\", \"content\":\"\\u0061\"} ] ");
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_array_of_messages_are_borne) {
    for (const std::string_view messages : {"", "null", "{}", "\"x\"", "7"}) {
        const auto plan = plan_history(messages, hello, {}, true);
        BOOST_TEST(plan.inserted.empty());
        BOOST_TEST(plan.added.empty());
    }
    const std::string_view odd = R"([3,{"role":"system","content":"s"},null,{},[],{"role":"user"}])";
    const auto plan = plan_history(odd, hello, {}, true);
    BOOST_TEST(plan.at == 1u);
    BOOST_TEST(boost::json::parse(spliced(odd, plan)).as_array().size() == 8u);
    const kept_messages wanted = {instruction("s"), {"user", "null", std::nullopt}};
    BOOST_TEST(plan.added == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_put_in_where_the_request_carries_the_conversation) {
    check_sent(hello + kept_messages{user("a")}, hello, hello + kept_messages{user("a")});
    check_sent({assistant("hi"), user("a")}, hello, {assistant("hi"), user("a")});
    // An equal question proves nothing.
    check_sent({user("hello")}, hello, hello + kept_messages{user("hello")});
    check_sent({assistant("what?"), user("a")}, hello, hello + kept_messages{assistant("what?"), user("a")});
}

BOOST_AUTO_TEST_CASE(nothing_is_put_in_where_it_is_not_wanted) {
    const auto messages = text_of_all({user("a")});
    const auto plan = plan_history(messages, hello, {}, false);
    BOOST_TEST(plan.inserted.empty());
    BOOST_TEST(plan.count == 0u);
    BOOST_TEST(plan.added.size() == 1u);
    const auto carried = text_of_all(hello + kept_messages{user("a")});
    BOOST_TEST(plan_history(carried, hello, {}, false).added.size() == 1u);
    BOOST_TEST(plan_history(messages, hello, {0, 1000}, true).inserted.empty());
    BOOST_TEST(plan_history(messages, hello, {100, 0}, true).inserted.empty());
    BOOST_TEST(plan_history(messages, hello, {100, -1}, true).inserted.empty());
}

BOOST_AUTO_TEST_CASE(only_what_is_new_is_added) {
    check_added({user("a")}, hello, {user("a")});
    check_added(hello + kept_messages{user("a")}, hello, {user("a")});
    check_added({user("hello")}, hello, {user("hello")});
    check_added({user("a"), assistant("made up"), user("b")}, hello, {user("a"), assistant("made up"), user("b")});
    check_added(hello + kept_messages{user("hello")}, hello, {user("hello")});
    check_added({call("1"), result("1")}, {user("a"), call("1")}, {result("1")});
    check_added({result("1")}, {user("a"), call("1")}, {result("1")});
}

BOOST_AUTO_TEST_CASE(whoever_edits_or_asks_again_stores_nothing_twice) {
    const auto stored = hello + kept_messages{user("more"), assistant("no")};
    check_added(hello + kept_messages{user("more")}, stored, {});
    check_added(hello + kept_messages{user("more!")}, stored, {user("more!")});
    const auto edited = stored + kept_messages{user("more!"), assistant("well")};
    check_added(hello + kept_messages{user("more!")}, edited, {});
    check_added(hello + kept_messages{user("more!"), assistant("well"), user("a")}, edited, {user("a")});
    // The answer edited by the client is something new.
    check_added(hello + kept_messages{user("more"), assistant("yes"), user("a")}, stored,
                {assistant("yes"), user("a")});
}

BOOST_AUTO_TEST_CASE(instructions_are_added_if_they_differ) {
    const auto stored = kept_messages{instruction("s")} + hello;
    check_added({instruction("s"), user("a")}, {}, {instruction("s"), user("a")});
    check_added({instruction("s"), user("a")}, stored, {user("a")});
    check_added({instruction("t"), user("a")}, stored, {instruction("t"), user("a")});
    check_added({said("developer", "s"), user("a")}, stored, {said("developer", "s"), user("a")});
    check_added(stored + kept_messages{user("a")}, stored, {user("a")});
    check_added(kept_messages{instruction("t")} + hello + kept_messages{user("a")}, stored,
                {instruction("t"), user("a")});
    const auto changed = stored + kept_messages{instruction("t"), user("a"), assistant("b")};
    check_added({instruction("s"), user("c")}, changed, {instruction("s"), user("c")});
    check_added({instruction("t"), user("c")}, changed, {user("c")});
}

BOOST_AUTO_TEST_CASE(several_instructions_are_compared_together) {
    const kept_messages both = {instruction("s"), said("developer", "d")};
    const auto stored = both + hello;
    check_added(both + kept_messages{user("a")}, stored, {user("a")});
    check_added({instruction("s"), said("developer", "e"), user("a")}, stored,
                {instruction("s"), said("developer", "e"), user("a")});
    // Between messages, in a request that carries them and in one that does not.
    const auto between = stored + kept_messages{instruction("t"), user("a"), assistant("b")};
    check_added(between + kept_messages{instruction("t"), user("c"), instruction("u"), instruction("u")}, between,
                {user("c"), instruction("u")});
    check_added({user("c"), instruction("t"), user("d"), instruction("u")}, between,
                {user("c"), user("d"), instruction("u")});
}

BOOST_AUTO_TEST_CASE(the_latest_instructions_are_put_in_where_the_request_has_none) {
    const auto stored = kept_messages{instruction("old")} + hello +
                        kept_messages{instruction("s"), instruction("t"), user("b"), assistant("c")};
    const kept_messages rest = hello + kept_messages{user("b"), assistant("c"), user("a")};
    check_sent({user("a")}, stored, kept_messages{instruction("s"), instruction("t")} + rest);
    check_sent({instruction("mine"), user("a")}, stored, kept_messages{instruction("mine")} + rest);
    check_sent({user("a"), instruction("mine")}, stored, rest + kept_messages{instruction("mine")});
    BOOST_TEST(plan_history(text_of_all({user("a")}), stored, {}, true).count == 6u);
}

BOOST_AUTO_TEST_CASE(as_many_of_the_last_messages_as_fit_are_put_in) {
    const kept_messages more = {user("more"), assistant("no")};
    const auto stored = kept_messages{instruction("s")} + hello + more;
    const kept_messages asked = {user("a")};
    const kept_messages s = {instruction("s")};
    check_sent(asked, stored, s + hello + more + asked, {4, 1000});
    check_sent(asked, stored, s + more + asked, {3, 1000});
    check_sent(asked, stored, s + more + asked, {2, 1000});
    check_sent(asked, stored, s + asked, {1, 1000});
    // 3 + 7 + 4 + 6 + 4 bytes, the instructions included.
    check_sent(asked, stored, s + hello + more + asked, {4, 6});
    check_sent(asked, stored, s + more + asked, {4, 5});
    check_sent(asked, stored, s + more + asked, {4, 3});
    check_sent(asked, stored, s + asked, {4, 2});
    // Instructions that are left out do not.
    check_sent({instruction("i"), user("a")}, hello + s + more, kept_messages{instruction("i")} + hello + more + asked,
               {4, 5});
    // Other members count, too.
    check_sent(asked, {user("more"), {"assistant", "\"no\"", R"({"reasoning_content":"hm"})"}}, asked, {4, 8});
    check_sent(asked, {user("more"), {"assistant", "\"no\"", R"({"reasoning_content":"hm"})"}},
               {user("more"), {"assistant", "\"no\"", R"({"reasoning_content":"hm"})"}, user("a")}, {4, 9});
}

BOOST_AUTO_TEST_CASE(a_history_begins_with_a_user_message_and_never_between_a_call_and_its_result) {
    const kept_messages tools = {user("a"), call("1"), result("1"), assistant("4"), user("b"), assistant("c")};
    const kept_messages asked = {user("d")};
    const kept_messages last = {user("b"), assistant("c"), user("d")};
    check_sent(asked, tools, tools + asked, {6, 1000});
    for (std::size_t most = 2; most != 6; ++most) check_sent(asked, tools, last, {most, 1000});
    check_sent(asked, {assistant("a"), assistant("b")}, asked);
    check_sent(asked, {call("1"), user("a"), result("1"), user("b"), assistant("c")}, last);
    check_sent(asked, {user("a"), {"function", "1", std::nullopt}, user("b"), assistant("c")}, last);
}

BOOST_AUTO_TEST_SUITE_END()
