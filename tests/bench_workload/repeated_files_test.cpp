#include <boost/test/unit_test.hpp>
#include <fstream>

#include "bench_workload/scratch_file.hpp"
#include "workload/workload.hpp"

using namespace ferry::bench;

namespace {

workload_options repeating(const scratch_file& file) {
    workload_options made;
    made.models = {{"m", 1}};
    made.prompts_file = file.name();
    return made;
}

std::vector<std::string> bodies(workload& asks, std::size_t count) {
    std::vector<std::string> made;
    while (made.size() < count) made.push_back(asks.next().value().body);
    return made;
}

// What is asked after the file's end is what was asked before it, although the file is not there any more.
void check_rounds(const std::string& content, const std::string& form, const workload_options& like,
                  std::size_t records) {
    const scratch_file file(content);
    auto options = like;
    options.prompts_file = file.name();
    workload asks(options);
    std::ofstream(file.name()) << "{\"prompt\": \"another\"}\n";
    BOOST_TEST_CONTEXT(form) {
        const auto first = bodies(asks, records);
        BOOST_TEST(first.front() != first.back());
        for (int round = 0; round < 3; ++round) {
            const auto again = bodies(asks, records);
            for (std::size_t i = 0; i < records; ++i) BOOST_TEST(again[i].substr(0, 60) == first[i].substr(0, 60));
        }
    }
}

const std::string two = R"({"prompt": "The first of them"}

{"messages": [{"role": "user", "content": "The second of them"}]})";
const std::string array = R"( [{"prompt": "The first of them"},
{"prompt": "The second of them"} ] )";
const std::string shared =
    R"({"conversations": [{"from": "human", "value": "The first"}, {"from": "gpt", "value": "Yes"}]}
{"conversations": [{"from": "human", "value": "The second"}, {"from": "gpt", "value": "No"}]}
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(repeated_files)

BOOST_AUTO_TEST_CASE(a_small_file_is_read_once) {
    const scratch_file any("{}");
    const auto plain = repeating(any);
    auto drawn = plain, sessions = plain;
    drawn.output_tokens = sizes("5..500");
    sessions.turns = sizes("1..3");
    for (const auto& content : {two, two + "\n", "\xef\xbb\xbf" + two, array}) {
        check_rounds(content, "plain: " + content, plain, 2);
        check_rounds(content, "drawn: " + content, drawn, 2);
    }
    check_rounds(shared, "conversations", plain, 2);
    check_rounds(shared, "conversations of several turns", sessions, 2);
}

BOOST_AUTO_TEST_CASE(keys_are_drawn_for_each_request) {
    const scratch_file file(two);
    auto options = repeating(file);
    options.keys = {{"a", 1}, {"b", 1}};
    workload asks(options), same(options);
    int second = 0;
    for (int i = 0; i < 400; ++i) {
        const auto key = asks.next().value().key;
        BOOST_TEST(key == same.next().value().key);
        second += key == 1 ? 1 : 0;
    }
    BOOST_TEST(second > 100);
    BOOST_TEST(second < 300);
}

BOOST_AUTO_TEST_CASE(a_file_of_several_reads_begins_again) {
    std::string content;
    constexpr std::size_t records = 40;
    for (std::size_t i = 0; i < records; ++i)
        content += "{\"prompt\": \"" + std::to_string(i) + std::string(20'000, 'x') + "\"}\n";
    const scratch_file file(content);
    auto options = repeating(file);
    for (const char* output : {"5", "5..6"}) {
        options.output_tokens = sizes(output);
        workload asks(options);
        for (int round = 0; round < 3; ++round) {
            for (std::size_t i = 0; i < records; ++i) {
                const auto wanted = "\"content\":\"" + std::to_string(i) + "xx";
                BOOST_TEST(asks.next().value().body.find(wanted) != std::string::npos);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(bodies_that_are_many_times_their_records_are_not_all_kept) {
    // 20 MiB of bodies out of 5 KiB of records.
    std::string content;
    for (int i = 0; i < 200; ++i) content += "{\"prompt\": \"number " + std::to_string(i) + "\"}\n";
    const scratch_file file(content);
    auto options = repeating(file);
    options.extra_body = "{\"metadata\": \"" + std::string(100'000, 'm') + "\"}";
    workload asks(options);
    for (int i = 0; i < 450; ++i) {
        const auto body = asks.next().value().body;
        BOOST_TEST(body.find("number " + std::to_string(i % 200) + "\"") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
