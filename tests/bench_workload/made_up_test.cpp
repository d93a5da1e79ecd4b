#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "bench_workload/scratch_file.hpp"
#include "workload/vocabulary.hpp"
#include "workload/workload.hpp"

using namespace ferry::bench;

namespace {

namespace json = boost::json;

workload_options plain() {
    workload_options made;
    made.models = {{"m", 1}};
    return made;
}

json::object body_of(const planned_request& r) {
    return json::parse(r.body).as_object();
}

std::string said(const json::object& body, std::size_t i = 0) {
    return std::string(body.at("messages").at(i).at("content").as_string());
}

auto words_in(const std::string& text) {
    return std::count(text.begin(), text.end(), ' ');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(made_up_prompts)

BOOST_AUTO_TEST_CASE(a_chat_of_so_many_words_is_asked_with_a_limit) {
    auto options = plain();
    options.input_tokens = sizes(100);
    options.output_tokens = sizes(50);
    workload asks(options);
    const auto request = asks.next().value();
    const auto body = body_of(request);
    BOOST_TEST(body.at("model").as_string() == "m");
    BOOST_TEST(body.at("messages").as_array().size() == 1u);
    BOOST_TEST(words_in(said(body)) == 100);
    BOOST_TEST(said(body).front() == ' ');
    BOOST_TEST(body.at("max_tokens").as_int64() == 50);
    BOOST_TEST(body.at("stream").as_bool());
    BOOST_TEST(body.at("stream_options").at("include_usage").as_bool());
    BOOST_TEST(request.input_tokens == 100u);
    BOOST_TEST(request.output_tokens == 50u);
    BOOST_TEST(request.session == no_session);
    BOOST_TEST(request.last_of_session);
    BOOST_TEST(!request.due.has_value());
    BOOST_TEST(asks.mean_input_tokens() == 100);
    BOOST_TEST(asks.mean_output_tokens() == 50);
}

BOOST_AUTO_TEST_CASE(every_operation_has_its_prompt_and_limit_where_it_wants_them) {
    auto options = plain();
    options.output_tokens = sizes(9);
    options.streamed = false;
    options.operation = asked_operation::completions;
    auto body = body_of(*workload(options).next());
    BOOST_TEST(words_in(std::string(body.at("prompt").as_string())) == 128);
    BOOST_TEST(body.at("max_tokens").as_int64() == 9);
    BOOST_TEST(!body.contains("stream"));

    options.operation = asked_operation::responses;
    options.streamed = true;
    body = body_of(*workload(options).next());
    BOOST_TEST(words_in(std::string(body.at("input").at(0).at("content").as_string())) == 128);
    BOOST_TEST(body.at("max_output_tokens").as_int64() == 9);
    BOOST_TEST(body.at("stream").as_bool());
    BOOST_TEST(!body.contains("stream_options"));

    options.operation = asked_operation::embeddings;
    const auto request = *workload(options).next();
    body = body_of(request);
    BOOST_TEST(words_in(std::string(body.at("input").as_string())) == 128);
    BOOST_TEST(body.size() == 2u);
    BOOST_TEST(request.output_tokens == 0u);
}

BOOST_AUTO_TEST_CASE(the_same_seed_asks_the_same_and_another_one_something_else) {
    const auto bodies = [](std::uint64_t seed) {
        auto options = plain();
        options.seed = seed;
        options.input_tokens = sizes("5..90");
        workload asks(options);
        std::vector<std::string> made;
        for (int i = 0; i < 50; ++i) made.push_back(asks.next()->body);
        return made;
    };
    const auto first = bodies(3);
    BOOST_TEST(first == bodies(3), boost::test_tools::per_element());
    BOOST_TEST(bodies(4)[0] != first[0]);
}

BOOST_AUTO_TEST_CASE(no_two_prompts_begin_alike) {
    auto options = plain();
    options.input_tokens = sizes(20);
    workload asks(options);
    std::set<std::string> openings;
    for (int i = 0; i < 20'000; ++i) {
        const auto text = said(body_of(*asks.next()));
        std::size_t end = 0;
        for (int word = 0; word < 8; ++word) end = text.find(' ', end + 1);
        openings.insert(text.substr(0, end));
    }
    BOOST_TEST(openings.size() == 20'000u);
}

BOOST_AUTO_TEST_CASE(long_texts_have_every_word_too) {
    std::string text;
    vocabulary().append(200'000, 5, text);
    BOOST_TEST(words_in(text) == 200'000);
    BOOST_TEST(text.find("  ") == std::string::npos);
    BOOST_TEST(std::count(vocabulary::words().begin(), vocabulary::words().end(), ' ') == 511);
}

BOOST_AUTO_TEST_CASE(prefixes_are_shared_by_groups) {
    auto options = plain();
    options.prefix_tokens = 30;
    options.prefix_groups = 3;
    options.input_tokens = sizes(10);
    workload asks(options);
    std::map<std::string, int> prefixes;
    for (int i = 0; i < 300; ++i) {
        const auto request = *asks.next();
        const auto body = body_of(request);
        BOOST_TEST(request.input_tokens == 40u);
        BOOST_TEST(body.at("messages").at(0).at("role").as_string() == "system");
        ++prefixes[said(body)];
        BOOST_TEST(words_in(said(body, 1)) == 10);
    }
    BOOST_TEST(prefixes.size() == 3u);
    for (const auto& [text, times] : prefixes) {
        BOOST_TEST(words_in(text) == 30);
        BOOST_TEST(times > 60);
    }
}

BOOST_AUTO_TEST_CASE(models_and_keys_are_mixed_by_weight) {
    auto options = plain();
    options.models = {{"a", 3}, {"b", 1}};
    options.keys = {{"k1", 1}, {"k2", 1}};
    workload asks(options);
    int of_a = 0, of_second = 0;
    for (int i = 0; i < 4000; ++i) {
        const auto request = *asks.next();
        of_a += request.model == "a";
        of_second += static_cast<int>(request.key);
        BOOST_TEST(body_of(request).at("model").as_string() == request.model);
    }
    BOOST_TEST(of_a > 2850);
    BOOST_TEST(of_a < 3150);
    BOOST_TEST(of_second > 1850);
    BOOST_TEST(of_second < 2150);
}

BOOST_AUTO_TEST_CASE(extra_body_is_laid_over_and_a_null_takes_away) {
    auto options = plain();
    options.output_tokens = sizes(9);
    options.extra_body =
        R"({"temperature": 0.5, "stream_options": {"more": 1}, "max_tokens": null, "max_completion_tokens": 7})";
    auto request = *workload(options).next();
    auto body = body_of(request);
    BOOST_TEST(body.at("temperature").as_double() == 0.5);
    BOOST_TEST(body.at("stream_options").at("include_usage").as_bool());
    BOOST_TEST(body.at("stream_options").at("more").as_int64() == 1);
    BOOST_TEST(!body.contains("max_tokens"));
    BOOST_TEST(body.at("max_completion_tokens").as_int64() == 7);

    options.extra_body = R"({"max_tokens": 33, "stream_options": null})";
    request = *workload(options).next();
    body = body_of(request);
    BOOST_TEST(body.at("max_tokens").as_int64() == 33);
    BOOST_TEST(request.output_tokens == 33u);
    BOOST_TEST(!body.contains("stream_options"));
    BOOST_TEST(body.at("stream").as_bool());
}

BOOST_AUTO_TEST_CASE(tools_go_into_every_body) {
    const scratch_file tools(R"([{"type": "function", "function": {"name": "look_up"}}])");
    auto options = plain();
    options.tools_file = tools.name();
    const auto body = body_of(*workload(options).next());
    BOOST_TEST(body.at("tools").at(0).at("function").at("name").as_string() == "look_up");
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused_by_name) {
    const auto complaint = [](auto change) {
        auto options = plain();
        change(options);
        return complaint_of([&] { workload{options}; });
    };
    const auto names = [&](const std::string& option, auto change) {
        const auto text = complaint(change);
        BOOST_TEST(text.find(option) == 0u, "expected " << option << " in: " << text);
    };
    const scratch_file object("{}");
    names("--model", [](auto& o) { o.models.clear(); });
    names("--extra-body", [](auto& o) { o.extra_body = "[1]"; });
    names("--extra-body", [](auto& o) { o.extra_body = R"({"model": "x"})"; });
    names("--extra-body", [](auto& o) { o.extra_body = R"({"messages": []})"; });
    names("--extra-body", [](auto& o) { o.extra_body = R"({"max_tokens": "x"})"; });
    names("--tools: " + object.name(), [&](auto& o) { o.tools_file = object.name(); });
    names("--input-tokens", [](auto& o) { o.input_tokens = sizes("0..9"); });
    names("--turns", [](auto& o) { o.turns = sizes("0..9"); });
    names("--turns", [](auto& o) {
        o.turns = sizes(2);
        o.operation = asked_operation::embeddings;
    });
    names("--prompts: /nowhere", [](auto& o) { o.prompts_file = "/nowhere"; });
    names("--trace: /nowhere", [](auto& o) { o.trace_file = "/nowhere"; });
    names("--prompts and --trace", [](auto& o) { o.trace_file = o.prompts_file = "/nowhere"; });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sessions_of_turns)

BOOST_AUTO_TEST_CASE(a_session_carries_its_history_with_the_answers) {
    auto options = plain();
    options.turns = sizes(3);
    options.think_ms = sizes(1500);
    options.input_tokens = sizes(4);
    options.prefix_tokens = 8;
    workload asks(options);
    const auto first = *asks.next();
    const auto other = *asks.next();
    BOOST_TEST(first.session != other.session);
    BOOST_TEST(!first.last_of_session);
    BOOST_TEST(first.think.count() == 1'500'000);

    asks.answered(first.session, "It is \"so\".\n");
    const auto second = asks.next_of(first.session);
    BOOST_TEST(second.session == first.session);
    BOOST_TEST(!second.last_of_session);
    const auto before = body_of(first).at("messages").as_array(), now = body_of(second).at("messages").as_array();
    BOOST_TEST(now.size() == 4u);
    BOOST_TEST((now[0] == before[0] && now[1] == before[1]));
    BOOST_TEST(now[2].at("role").as_string() == "assistant");
    BOOST_TEST(now[2].at("content").as_string() == "It is \"so\".\n");
    BOOST_TEST(now[3].at("role").as_string() == "user");
    BOOST_TEST(second.input_tokens == 8u + 4 + 3 + 4);

    asks.answered(first.session, "Yes.");
    const auto third = asks.next_of(first.session);
    BOOST_TEST(third.last_of_session);
    BOOST_TEST(body_of(third).at("messages").as_array().size() == 6u);
    asks.abandoned(other.session);
    BOOST_TEST(asks.next()->session != first.session);
}

BOOST_AUTO_TEST_CASE(completions_carry_it_as_one_text) {
    auto options = plain();
    options.operation = asked_operation::completions;
    options.turns = sizes(2);
    options.input_tokens = sizes(4);
    workload asks(options);
    const auto first = *asks.next();
    asks.answered(first.session, "So.");
    const auto second = body_of(asks.next_of(first.session));
    const std::string before(body_of(first).at("prompt").as_string());
    BOOST_TEST(std::string(second.at("prompt").as_string()).substr(0, before.size() + 5) == before + "\nSo.\n");
}

BOOST_AUTO_TEST_CASE(a_session_is_one_model_and_one_key) {
    auto options = plain();
    options.models = {{"a", 1}, {"b", 1}};
    options.keys = {{"x", 1}, {"y", 1}};
    options.turns = sizes(2);
    workload asks(options);
    for (int i = 0; i < 50; ++i) {
        const auto first = *asks.next();
        asks.answered(first.session, "So.");
        const auto second = asks.next_of(first.session);
        BOOST_TEST(first.model == second.model);
        BOOST_TEST(first.key == second.key);
    }
}

BOOST_AUTO_TEST_SUITE_END()
