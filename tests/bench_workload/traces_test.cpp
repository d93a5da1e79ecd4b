#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "bench_workload/scratch_file.hpp"
#include "workload/trace_file.hpp"
#include "workload/workload.hpp"

using namespace ferry::bench;

namespace {

workload_options replaying(const scratch_file& file) {
    workload_options made;
    made.models = {{"m", 1}};
    made.trace_file = file.name();
    return made;
}

std::string text_of(const planned_request& r) {
    return std::string(boost::json::parse(r.body).at("messages").at(0).at("content").as_string());
}

// Where the first so many words end.
std::string first_words(const std::string& text, int words) {
    std::size_t end = 0;
    for (int i = 0; i < words; ++i) end = text.find(' ', end + 1);
    return text.substr(0, end);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(traces)

BOOST_AUTO_TEST_CASE(blocks_of_a_mooncake_trace_are_shared_as_it_says) {
    const scratch_file file(
        R"({"timestamp": 3000, "input_length": 1034, "output_length": 52, "hash_ids": [46, 47, 48]})"
        "\n"
        R"({"timestamp": 3000, "input_length": 1030, "output_length": 7, "hash_ids": [46, 99, 48]})"
        "\n"
        R"({"timestamp": 13000, "input_length": 40, "output_length": 7})"
        "\n");
    auto options = replaying(file);
    options.trace_speed = 4;
    workload asks(options);
    const auto first = *asks.next(), second = *asks.next(), third = *asks.next();
    BOOST_TEST(!asks.next().has_value());
    BOOST_TEST(first.due->count() == 0);
    BOOST_TEST(second.due->count() == 0);
    BOOST_TEST(third.due->count() == 2'500'000);
    BOOST_TEST(first.input_tokens == 1034u);
    BOOST_TEST(first.output_tokens == 52u);
    BOOST_TEST(boost::json::parse(first.body).at("max_tokens").as_int64() == 52);
    const auto one = text_of(first), two = text_of(second);
    BOOST_TEST(std::count(one.begin(), one.end(), ' ') == 1034);
    BOOST_TEST(first_words(one, 512) == first_words(two, 512));
    BOOST_TEST(first_words(one, 520) != first_words(two, 520));
    const auto tail = one.substr(first_words(one, 1024).size()), other = two.substr(first_words(two, 1024).size());
    BOOST_TEST(tail.substr(0, other.size()) == other);
    BOOST_TEST(asks.mean_input_tokens() == (1034 + 1030 + 40) / 3.0);
}

BOOST_AUTO_TEST_CASE(an_azure_trace_is_read_in_both_its_forms) {
    const scratch_file file(
        "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
        "2023-11-16 23:59:59.9799600,374,44\r\n"
        "2023-11-17 00:00:00.0319600,396,109\r\n");
    workload asks(replaying(file));
    const auto first = *asks.next(), second = *asks.next();
    BOOST_TEST(first.due->count() == 0);
    BOOST_TEST(second.due->count() == 52'000);
    BOOST_TEST(second.input_tokens == 396u);
    BOOST_TEST(second.output_tokens == 109u);
    const auto text = text_of(second);
    BOOST_TEST(std::count(text.begin(), text.end(), ' ') == 396);
    BOOST_TEST((*parsed_time("2024-05-10 00:00:00.009930+00:00") - *parsed_time("2024-05-10T00:00:00Z")).count() ==
               9'930'000);
}

BOOST_AUTO_TEST_CASE(a_bad_row_is_named_with_what_would_do) {
    const auto holds = [](std::string_view content, std::string_view part) {
        const scratch_file file(content);
        const auto said = complaint_of([&] { workload{replaying(file)}; });
        BOOST_TEST(said.find(part) != std::string::npos, "no \"" << part << "\" in: " << said);
    };
    const std::string header = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    holds("", "holds no requests");
    holds("time,in,out\n1,2,3\n", "line 1: the first line names no column TIMESTAMP");
    holds(header, "holds no requests");
    holds(header + "2023-11-16 18:17:03,1\n", "line 2: has 2 columns");
    holds(header + "yesterday,1,1\n", "line 2: \"yesterday\" is no time");
    holds(header + "2023-02-30 18:17:03,1,1\n", "is no time");
    holds(header + "2023-11-16 18:17:03,1,many\n", "line 2: ContextTokens and GeneratedTokens");
    holds(header + "2023-11-16 18:17:03,1,1\n2023-11-16 18:17:02,1,1\n", "line 3: its time is before");
    holds("{\"input_length\": 1, \"output_length\": 1}\n", "line 1: needs timestamp");
    holds("{\"timestamp\": 0, \"input_length\": 1}\n", "line 1: needs output_length");
    holds("{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1, \"hash_ids\": [\"a\"]}\n", "hash_ids");
    holds("{\"timestamp\": 0, \"input_length\"\n", "line 1: is not JSON");
}

BOOST_AUTO_TEST_SUITE_END()
