// Streams that are joined: what the client has is held back, and what is new comes under the identity of the first.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "relay/answer/chat_seam.hpp"
#include "relay/answer/typed_seam.hpp"

namespace {

using namespace ferry;
using namespace ferry::relay;

std::string chat_event(const std::string& delta, const std::string& id = "b", const std::string& finish = "null") {
    return R"({"id":")" + id + R"(","created":7,"model":"m","choices":[{"index":0,"delta":{)" + delta +
           R"(},"finish_reason":)" + finish + "}]}";
}

given_answer chat_given(const std::string& thought, const std::string& said) {
    given_answer given(false);
    given.keep("data: " + chat_event(R"("role":"assistant")", "a") + "\n\n");
    given.begin(openai::word_place::thought);
    given.add(thought);
    given.begin(openai::word_place::said);
    given.add(said);
    given.keep("data: {}\n\n");
    return given;
}

// What the client gets of all of them; "differs" behind it where they do.
std::string told(seam& joint, const std::vector<std::string>& events) {
    std::string all;
    for (const auto& one : events) {
        const auto got = joint.on_event(one);
        if (!got) return all + "differs";
        all += *got;
    }
    return all + (joint.on_end() ? "differs" : "");
}

std::string told(const given_answer& given, const std::vector<std::string>& events,
                 go_on_by way = go_on_by::asking_again, std::int64_t tokens = 0) {
    continuation how;
    how.way = way;
    how.given_tokens = tokens;
    chat_seam joint(given, how);
    return told(joint, events);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_the_client_has_is_held_back_and_the_rest_has_the_identity_of_the_first) {
    const auto given = chat_given("", "Hel");
    BOOST_TEST(told(given, {chat_event(R"("role":"assistant","content":"")"), chat_event(R"("content":"He")"),
                            chat_event(R"("content":"llo")"), chat_event("", "b", R"("stop")")}) ==
               ": rescued\ndata: " + chat_event(R"("content":"lo")", "a") +
                   "\n\ndata: " + chat_event("", "a", R"("stop")") + "\n\n");
}

BOOST_AUTO_TEST_CASE(another_text_or_one_that_ends_before_it_was_all_differs) {
    const auto given = chat_given("", "Hel");
    BOOST_TEST(told(given, {chat_event(R"("content":"Hal")")}) == "differs");
    BOOST_TEST(told(given, {chat_event(R"("content":"He")"), chat_event("", "b", R"("stop")")}) == "differs");
    BOOST_TEST(told(given, {chat_event(R"("content":"He")")}) == "differs");
    BOOST_TEST(told(given, {chat_event(R"("tool_calls":[{"index":0}])")}) == "differs");
    BOOST_TEST(told(given, {chat_event(R"("content":[{"type":"text","text":"Hel"}])")}) == "differs");
}

BOOST_AUTO_TEST_CASE(characters_are_compared_as_they_are_meant_and_cut_where_they_end) {
    const auto given = chat_given("", "\xE5\xA4\xA9\xE7");  // one and a third
    BOOST_TEST(told(given, {chat_event(R"("content":"\u5929")"), chat_event(R"("content":"!")")}) == "differs");
    const auto whole = chat_given("", "\xE5\xA4\xA9");
    BOOST_TEST(told(whole, {chat_event(R"("content":"\u5929\ud83d\ude42\n")")}) ==
               ": rescued\ndata: " + chat_event("\"content\":\"\xF0\x9F\x99\x82\\n\"", "a") + "\n\n");
}

BOOST_AUTO_TEST_CASE(thoughts_are_compared_until_something_was_said_and_dropped_behind_it) {
    const auto thinking = chat_given("Hm", "");
    BOOST_TEST(told(thinking, {chat_event(R"("content":"x")")}) == "differs");
    BOOST_TEST(told(thinking, {chat_event(R"("reasoning_content":"Hm.")")}) ==
               ": rescued\ndata: " + chat_event(R"("reasoning_content":".")", "a") + "\n\n");
    const auto saying = chat_given("Hm", "S");
    BOOST_TEST(told(saying, {chat_event(R"("reasoning_content":"Oh!")"), chat_event(R"("content":"So")")}) ==
               ": rescued\ndata: " + chat_event(R"("content":"o")", "a") + "\n\n");
}

BOOST_AUTO_TEST_CASE(who_was_shown_the_answer_so_far_counts_it_as_asked) {
    const auto given = chat_given("", "Hel");
    const std::string usage =
        R"({"id":"b","choices":[],"usage":{"prompt_tokens":17,"completion_tokens":2,"total_tokens":19}})";
    const auto all = told(given, {chat_event(R"("content":"lo")"), usage}, go_on_by::prefix, 10);
    BOOST_TEST(all.find(R"("content":"lo")") != std::string::npos);
    BOOST_TEST(all.find(R"("usage":{"prompt_tokens":7,"completion_tokens":12,"total_tokens":19})") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_with_a_call_or_too_long_is_not_kept) {
    given_answer called(false);
    called.keep("data: {}\n\n");
    BOOST_TEST(called.is_whole());
    called.begin(openai::word_place::other);
    called.add("{}");
    BOOST_TEST(!called.is_whole());
    given_answer big(false);
    big.keep("data: {}\n\n");
    big.begin(openai::word_place::said);
    for (int i = 0; i < 300; ++i) big.add(std::string(1024, 'x'));
    BOOST_TEST(!big.is_whole());
    BOOST_TEST(big.held() < 1024u);
}

BOOST_AUTO_TEST_CASE(words_of_an_event_that_the_client_did_not_get_are_forgotten) {
    given_answer given(false);
    given.keep("data: {}\n\n");
    given.begin(openai::word_place::said);
    given.add("kept");
    given.keep("data: {}\n\n");
    given.add(" lost");
    given.forget();
    BOOST_TEST(given.said() == "kept");
}

namespace {

std::string typed_event(const std::string& type, int number, const std::string& more) {
    return R"({"type":")" + type + R"(","sequence_number":)" + std::to_string(number) + more + "}";
}

std::vector<std::string> response(const std::string& who, const std::vector<std::string>& pieces) {
    const std::string place = R"(,"output_index":0,"content_index":0,"item_id":"m-)" + who + "\"";
    std::vector<std::string> all;
    int number = 0;
    all.push_back(typed_event("response.created", number++, R"(,"response":{"id":"r-)" + who + "\"}"));
    all.push_back(typed_event("response.output_item.added", number++,
                              R"(,"output_index":0,"item":{"id":"m-)" + who + R"(","type":"message"})"));
    std::string text;
    for (const auto& one : pieces) {
        all.push_back(typed_event("response.output_text.delta", number++, place + R"(,"delta":")" + one + "\""));
        text += one;
    }
    all.push_back(typed_event("response.output_text.done", number++, place + R"(,"text":")" + text + "\""));
    all.push_back(typed_event("response.completed", number++,
                              R"(,"response":{"id":"r-)" + who + R"(","output":[{"id":"m-)" + who + R"("}]})"));
    return all;
}

given_answer typed_given(const std::vector<std::string>& events, std::size_t count) {
    given_answer given(true);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = events[i].find(R"("delta":")");
        if (at != std::string::npos) {
            given.begin(openai::word_place::delta);
            given.add(std::string_view(events[i]).substr(at + 9, events[i].size() - at - 11));
        }
        given.keep("data: " + events[i] + "\n\n");
        given.count_event(static_cast<std::int64_t>(i) + 1);
    }
    return given;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_response_goes_on_behind_any_of_its_events_with_the_ids_and_numbers_of_the_first) {
    const auto first = response("a", {"Hel", "lo", "!"}), second = response("b", {"Hello", "!"});
    for (std::size_t count = 2; count < first.size(); ++count) {
        const auto given = typed_given(first, count);
        typed_seam joint(given);
        const auto all = told(joint, second);
        BOOST_TEST_CONTEXT(count) {
            BOOST_TEST(all.find("differs") == std::string::npos);
            BOOST_TEST(all.find("-b\"") == std::string::npos);
            BOOST_TEST(all.find("\"sequence_number\":" + std::to_string(count)) != std::string::npos);
            BOOST_TEST(all.find(R"("response":{"id":"r-a","output":[{"id":"m-a"}]})") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_response_with_another_text_or_other_parts_differs) {
    const auto first = response("a", {"Hel", "lo", "!"});
    const auto in_text = typed_given(first, 4), behind_text = typed_given(first, 6);
    typed_seam another(in_text), longer(behind_text), shorter(in_text), other_item(in_text);
    BOOST_TEST(told(another, response("b", {"Hallo", "!"})) == "differs");
    BOOST_TEST(told(longer, response("b", {"Hello", "!?"})) == "differs");
    BOOST_TEST(told(shorter, response("b", {"Hel"})) == "differs");
    auto call = response("b", {"Hello", "!"});
    call[1] =
        typed_event("response.output_item.added", 1, R"(,"output_index":0,"item":{"id":"f","type":"function_call"})");
    BOOST_TEST(told(other_item, call) == "differs");
}
