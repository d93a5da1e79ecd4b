#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "bench_workload/scratch_file.hpp"
#include "workload/workload.hpp"

using namespace ferry::bench;

namespace {

namespace json = boost::json;

workload_options from(const scratch_file& file) {
    workload_options made;
    made.models = {{"m", 1}};
    made.prompts_file = file.name();
    made.streamed = false;
    return made;
}

json::object next_body(workload& asks) {
    return json::parse(asks.next().value().body).as_object();
}

std::string_view question(const json::object& body, std::size_t i = 0) {
    return body.at("messages").at(i).at("content").as_string();
}

std::string complaint_about(std::string_view content, asked_operation operation = asked_operation::chat) {
    const scratch_file file(content);
    auto options = from(file);
    options.operation = operation;
    auto text = complaint_of([&] { workload{options}; });
    const auto at = text.find(file.name());
    return at == std::string::npos ? text : text.replace(at, file.name().size(), "FILE");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prompt_files)

BOOST_AUTO_TEST_CASE(lines_of_prompts_messages_and_bodies_are_asked_in_order_and_again) {
    const scratch_file file(
        "{\"prompt\": \"One\"}\r\n\n"
        "{\"messages\": [{\"role\": \"system\", \"content\": \"S\"}, {\"role\": \"user\", \"content\": \"Two\"}]}\n"
        "{\"model\": \"own\", \"stream\": true, \"max_tokens\": 5, \"top_p\": 1,"
        " \"messages\": [{\"role\": \"user\", \"content\": \"Three\"}]}");
    workload asks(from(file));
    const auto first = next_body(asks);
    BOOST_TEST(question(first) == "One");
    BOOST_TEST(first.at("model").as_string() == "m");
    BOOST_TEST(!first.contains("prompt"));
    BOOST_TEST(question(next_body(asks), 1) == "Two");
    const auto third = asks.next().value();
    const auto body = json::parse(third.body).as_object();
    BOOST_TEST(question(body) == "Three");
    BOOST_TEST(body.at("model").as_string() == "m");
    BOOST_TEST(body.at("max_tokens").as_int64() == 5);
    BOOST_TEST(third.output_tokens == 5u);
    BOOST_TEST(body.at("top_p").as_int64() == 1);
    BOOST_TEST(!body.contains("stream"));
    BOOST_TEST(question(next_body(asks)) == "One");
}

BOOST_AUTO_TEST_CASE(a_file_need_not_repeat) {
    const scratch_file file("{\"prompt\": \"One\"}\n");
    auto options = from(file);
    options.repeat = false;
    workload asks(options);
    BOOST_TEST(asks.next().has_value());
    BOOST_TEST(!asks.next().has_value());
}

BOOST_AUTO_TEST_CASE(bodies_keep_their_models_where_none_is_given) {
    const scratch_file file("{\"model\": \"a\", \"prompt\": \"One\"}\n{\"model\": \"b\", \"prompt\": \"Two\"}\n");
    auto options = from(file);
    options.models.clear();
    workload asks(options);
    const auto first = *asks.next(), second = *asks.next();
    BOOST_TEST(first.model == "a");
    BOOST_TEST(second.model == "b");
    BOOST_TEST(json::parse(second.body).at("model").as_string() == "b");
    const scratch_file nameless("{\"prompt\": \"One\"}\n");
    options.prompts_file = nameless.name();
    BOOST_TEST(complaint_of([&] { workload{options}; }).find("line 1: names no model") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(output_tokens_and_extra_body_win_over_the_file) {
    const scratch_file file("{\"prompt\": \"One\", \"max_tokens\": 5, \"temperature\": 1}\n");
    auto options = from(file);
    options.output_tokens = sizes(77);
    options.extra_body = R"({"temperature": null, "seed": 3})";
    options.streamed = true;
    workload asks(options);
    const auto body = next_body(asks);
    BOOST_TEST(body.at("max_tokens").as_int64() == 77);
    BOOST_TEST(!body.contains("temperature"));
    BOOST_TEST(body.at("seed").as_int64() == 3);
    BOOST_TEST(body.at("stream").as_bool());
    BOOST_TEST(body.at("stream_options").at("include_usage").as_bool());
}

BOOST_AUTO_TEST_CASE(an_array_does_as_well_as_lines) {
    const scratch_file file("[\n  {\"prompt\": \"On{e\"},\n  {\n \"prompt\": \"T\\\"]wo\"}\n]\n");
    workload asks(from(file));
    BOOST_TEST(question(next_body(asks)) == "On{e");
    BOOST_TEST(question(next_body(asks)) == "T\"]wo");
    BOOST_TEST(question(next_body(asks)) == "On{e");
}

BOOST_AUTO_TEST_CASE(batch_files_are_asked_by_their_bodies) {
    const scratch_file file(
        "{\"custom_id\": \"1\", \"method\": \"POST\", \"url\": \"/v1/embeddings\", \"body\": {\"model\": \"e\", "
        "\"input\": [\"a\", \"b\"]}}\n");
    auto options = from(file);
    options.operation = asked_operation::embeddings;
    workload asks(options);
    const auto body = next_body(asks);
    BOOST_TEST(body.at("input").as_array().size() == 2u);
    BOOST_TEST(body.at("model").as_string() == "m");
    BOOST_TEST(!body.contains("custom_id"));
    options.operation = asked_operation::chat;
    const auto said = complaint_of([&] { workload{options}; });
    BOOST_TEST(said.find("line 1: asks for /v1/embeddings") != std::string::npos, said);
    BOOST_TEST(said.find("--operation") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(conversations_are_asked_by_their_first_question_or_turn_by_turn) {
    const scratch_file file(R"([
        {"id": "0", "conversations": []},
        {"id": "1", "conversations": [{"from": "gpt", "value": "Lost"},
            {"from": "human", "value": "Who?"}, {"from": "gpt", "value": "12345678"},
            {"from": "human", "value": "Why?\ud83d"}, {"from": "gpt", "value": "Because."}]},
        {"id": "2", "conversations": [{"from": "system", "value": "Be short."}, {"from": "human", "value": "When?"}]}
    ])");
    auto options = from(file);
    workload asks(options);
    const auto first = *asks.next();
    BOOST_TEST(question(json::parse(first.body).as_object()) == "Who?");
    BOOST_TEST(first.output_tokens == 2u);
    BOOST_TEST(first.session == no_session);
    BOOST_TEST(question(next_body(asks), 1) == "When?");

    options.turns = sizes(5);
    workload turns(options);
    const auto turn = *turns.next();
    BOOST_TEST(!turn.last_of_session);
    turns.answered(turn.session, "Me.");
    const auto last = turns.next_of(turn.session);
    BOOST_TEST(last.last_of_session);
    const auto body = json::parse(last.body).as_object();
    BOOST_TEST(question(body, 1) == "Me.");
    BOOST_TEST(question(body, 2) == "Why?\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(large_files_are_read_as_they_go) {
    const std::string long_one(300'000, 'x');
    std::string content = "[";
    for (int i = 0; i < 8; ++i) {
        content += "{\"prompt\": \"" + std::to_string(i) + long_one + "\"},\n";
    }
    content += "{\"prompt\": \"end\"}]";
    const scratch_file file(content);
    workload asks(from(file));
    for (int i = 0; i < 8; ++i) {
        const auto body = next_body(asks);
        BOOST_TEST(question(body).size() == long_one.size() + 1);
        BOOST_TEST(question(body).front() == static_cast<char>('0' + i));
    }
    BOOST_TEST(question(next_body(asks)) == "end");
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_named_with_what_would_do) {
    using enum asked_operation;
    const auto holds = [](const std::string& text, std::string_view part) {
        BOOST_TEST(text.find(part) != std::string::npos, "no \"" << part << "\" in: " << text);
    };
    holds(complaint_about("{\"prompt\": \"a\"}\n\n{\"prompt\": }\n"), "--prompts: FILE, line 3: is not JSON");
    holds(complaint_about("{\"prompt\": \"a\"} x\n"), "something behind");
    holds(complaint_about("{\"prompt\": \"a\"}\n[1]\n"), "line 2: is not a JSON object");
    holds(complaint_about("{\"text\": \"a\"}\n"), "line 1: holds neither prompt, messages nor input");
    holds(complaint_about("{\"messages\": []}\n"), "line 1: has messages that are no array");
    holds(complaint_about("{\"messages\": [{}]}\n", completions), "line 1: holds messages");
    holds(complaint_about(""), "holds no prompts");
    holds(complaint_about("just text\n"), "line 1: is not JSON");
    holds(complaint_about("[{\"prompt\": \"a\"},\n{\"prompt\": \"b\""),
          "line 2: the object that begins here has no end");
    holds(complaint_about("[{\"prompt\": \"a\"}\n"), "was cut off");
    holds(complaint_about("[{\"prompt\": \"a\"},\n3]"), "line 2: an object { is to begin here");
    holds(complaint_about("[{\"conversations\": []},\n{\"conversations\": [{\"from\": \"human\"}]}]"),
          "line 2: has a turn without");
    holds(complaint_about("[{\"conversations\": []}]"), "holds no prompts");
    holds(complaint_about("{\"custom_id\": \"1\", \"body\": {}}\n"), "line 1: is no line of a batch");
}

BOOST_AUTO_TEST_SUITE_END()
