// Every combination of counts that services are known to send, with its one right reading.
#include "openai/usage_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "openai/event_facts.hpp"

using namespace ferry::openai;

namespace {

constexpr std::int64_t none = -1;

struct reading {
    std::int64_t prompt, completion, total, cached = none, cache_write = none, reasoning = none;
    bool odd = false, unreconciled = false, implausible = false;
};

struct row {
    std::string_view what, usage;
    reading wanted;
};

std::int64_t of(const std::optional<std::int64_t>& count) {
    return count.value_or(none);
}

void check(std::initializer_list<row> rows) {
    for (const auto& each : rows) {
        const auto facts = inspect_event("{\"usage\":" + std::string(each.usage) + "}");
        BOOST_TEST_CONTEXT(each.what << ": " << each.usage) {
            BOOST_TEST_REQUIRE(facts.usage.has_value());
            const auto& got = *facts.usage;
            const auto& wanted = each.wanted;
            BOOST_TEST(of(got.prompt) == wanted.prompt);
            BOOST_TEST(of(got.completion) == wanted.completion);
            BOOST_TEST(of(got.total) == wanted.total);
            BOOST_TEST(of(got.cached) == wanted.cached);
            BOOST_TEST(of(got.cache_write) == wanted.cache_write);
            BOOST_TEST(of(got.reasoning) == wanted.reasoning);
            BOOST_TEST(got.marks.odd == wanted.odd);
            BOOST_TEST(got.marks.unreconciled == wanted.unreconciled);
            BOOST_TEST(got.marks.implausible == wanted.implausible);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(usage_reader_suite)

BOOST_AUTO_TEST_CASE(parts_that_stand_inside_are_not_added) {
    check({
        {"plain", R"({"prompt_tokens":12,"completion_tokens":3,"total_tokens":15})", {12, 3, 15}},
        {"without a total", R"({"prompt_tokens":12,"completion_tokens":3})", {12, 3, none}},
        {"cached and reasoning inside",
         R"({"prompt_tokens":320,"completion_tokens":219,"total_tokens":539,)"
         R"("prompt_tokens_details":{"cached_tokens":300},"completion_tokens_details":{"reasoning_tokens":205}})",
         {320, 219, 539, 300, none, 205}},
        {"hits and misses",
         R"({"prompt_tokens":339,"completion_tokens":5,"total_tokens":344,"prompt_cache_hit_tokens":320,)"
         R"("prompt_cache_miss_tokens":19})",
         {339, 5, 344, 320}},
        {"hits and misses without their sum",
         R"({"completion_tokens":5,"prompt_cache_hit_tokens":320,"prompt_cache_miss_tokens":19})",
         {339, 5, none, 320}},
        {"reads and writes inside",
         R"({"prompt_tokens":200,"completion_tokens":5,"total_tokens":205,"prompt_tokens_details":)"
         R"({"cached_tokens":100,"cache_creation_input_tokens":50}})",
         {200, 5, 205, 100, 50}},
        {"the cache by the other names, inside by the total",
         R"({"prompt_tokens":200,"completion_tokens":5,"total_tokens":205,"cache_read_input_tokens":100,)"
         R"("cache_creation_input_tokens":50})",
         {200, 5, 205, 100, 50}},
        {"input and output",
         R"({"input_tokens":36,"output_tokens":87,"total_tokens":123,"input_tokens_details":{"cached_tokens":6},)"
         R"("output_tokens_details":{"reasoning_tokens":7}})",
         {36, 87, 123, 6, none, 7}},
        {"both pairs of names",
         R"({"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"input_tokens":12,"output_tokens":3})",
         {12, 3, 15}},
        {"zeros beside the other names",
         R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":15,"input_tokens":12,"output_tokens":3})",
         {12, 3, 15}},
    });
}

BOOST_AUTO_TEST_CASE(parts_that_stand_beside_are_added) {
    check({
        {"reasoning beside the completion",
         R"({"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,"completion_tokens_details":)"
         R"({"reasoning_tokens":290}})",
         {12, 291, 303, none, none, 290}},
        {"reasoning beside it, and cached inside",
         R"({"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,"prompt_tokens_details":{"cached_tokens":8},)"
         R"("completion_tokens_details":{"reasoning_tokens":290}})",
         {12, 291, 303, 8, none, 290}},
        {"the cache beside the prompt",
         R"({"prompt_tokens":20,"completion_tokens":5,"total_tokens":125,"prompt_tokens_details":)"
         R"({"cached_tokens":100}})",
         {120, 5, 125, 100}},
        {"reads and writes beside the prompt",
         R"({"prompt_tokens":20,"completion_tokens":5,"total_tokens":175,"cache_read_input_tokens":100,)"
         R"("cache_creation_input_tokens":50})",
         {170, 5, 175, 100, 50}},
        {"the writes alone beside the prompt",
         R"({"prompt_tokens":120,"completion_tokens":5,"total_tokens":175,"cache_read_input_tokens":100,)"
         R"("cache_creation_input_tokens":50})",
         {170, 5, 175, 100, 50}},
        {"cache and reasoning beside",
         R"({"prompt_tokens":20,"completion_tokens":5,"total_tokens":132,"prompt_tokens_details":)"
         R"({"cached_tokens":100},"completion_tokens_details":{"reasoning_tokens":7}})",
         {120, 12, 132, 100, none, 7}},
        {"input beside its cache, no total",
         R"({"input_tokens":20,"output_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":50})",
         {170, 5, none, 100, 50}},
        {"input beside its cache, the whole total",
         R"({"input_tokens":20,"output_tokens":5,"total_tokens":175,"cache_read_input_tokens":100,)"
         R"("cache_creation_input_tokens":50})",
         {170, 5, 175, 100, 50}},
        {"input beside its cache, a total without it",
         R"({"input_tokens":20,"output_tokens":5,"total_tokens":25,"cache_read_input_tokens":100,)"
         R"("cache_creation_input_tokens":50})",
         {170, 5, 175, 100, 50}},
        {"input and an empty cache",
         R"({"input_tokens":20,"output_tokens":5,"cache_read_input_tokens":0,"cache_creation_input_tokens":0})",
         {20, 5, none, 0, 0}},
        {"more cached than prompt, no total", R"({"prompt_tokens":20,"completion_tokens":5,"cached_tokens":100})",
         {120, 5, none, 100}},
        {"more reasoning than completion, no total",
         R"({"prompt_tokens":20,"completion_tokens":5,"reasoning_tokens":100})",
         {20, 105, none, none, none, 100}},
    });
}

BOOST_AUTO_TEST_CASE(what_only_the_total_counts_is_output) {
    check({
        {"hidden thinking", R"({"prompt_tokens":20,"completion_tokens":198,"total_tokens":623})",
         {20, 603, 623, none, none, 405}},
        {"hidden thinking, some of it said",
         R"({"prompt_tokens":20,"completion_tokens":198,"total_tokens":623,"completion_tokens_details":)"
         R"({"reasoning_tokens":100}})",
         {20, 603, 623, none, none, 100}},
        {"completion 0", R"({"prompt_tokens":20,"completion_tokens":0,"total_tokens":623})",
         {20, 603, 623, none, none, 603}},
        {"completion null", R"({"prompt_tokens":20,"completion_tokens":null,"total_tokens":623})", {20, 603, 623}},
        {"no completion", R"({"prompt_tokens":20,"total_tokens":623})", {20, 603, 623}},
        {"all of it prompt", R"({"prompt_tokens":20,"total_tokens":20})", {20, 0, 20}},
        {"no prompt", R"({"completion_tokens":3,"total_tokens":15})", {12, 3, 15}},
        {"prompt 0", R"({"prompt_tokens":0,"completion_tokens":3,"total_tokens":15})", {12, 3, 15}},
    });
}

BOOST_AUTO_TEST_CASE(a_total_that_leaves_a_part_out_is_completed) {
    check({
        {"without the cache",
         R"({"prompt_tokens":120,"completion_tokens":5,"total_tokens":25,"prompt_tokens_details":)"
         R"({"cached_tokens":100}})",
         {120, 5, 125, 100}},
        {"without the reasoning",
         R"({"prompt_tokens":20,"completion_tokens":105,"total_tokens":25,"completion_tokens_details":)"
         R"({"reasoning_tokens":100}})",
         {20, 105, 125, none, none, 100}},
    });
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reconciled_is_marked_and_stands) {
    check({
        {"a total below its parts", R"({"prompt_tokens":20,"completion_tokens":10,"total_tokens":25})",
         {20, 10, 25, none, none, none, false, true}},
        {"a total below the prompt", R"({"prompt_tokens":20,"total_tokens":5})",
         {20, none, 5, none, none, none, false, true}},
        {"a total alone", R"({"total_tokens":249})", {none, none, 249, none, none, none, false, true}},
        {"more reasoning than completion, though the total agrees",
         R"({"prompt_tokens":33,"completion_tokens":7163,"total_tokens":7196,"reasoning_tokens":73997})",
         {33, 7163, 7196, none, none, 73997, false, true}},
        {"more cached than prompt, though the total agrees",
         R"({"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"cached_tokens":100})",
         {20, 5, 25, 100, none, none, false, true}},
    });
}

BOOST_AUTO_TEST_CASE(numbers_are_read_however_they_are_spelled) {
    check({
        {"a fraction is rounded up", R"({"prompt_tokens":12,"completion_tokens":14417.92,"total_tokens":14430})",
         {12, 14418, 14430}},
        {"a whole fraction", R"({"prompt_tokens":12.0,"completion_tokens":3.00,"total_tokens":15.0})", {12, 3, 15}},
        {"exponents", R"({"prompt_tokens":1e2,"completion_tokens":2.5E1,"total_tokens":1.25e+2})", {100, 25, 125}},
        {"digits in strings", R"({"prompt_tokens":"12","completion_tokens":"3","total_tokens":"15.0"})", {12, 3, 15}},
        {"the most there can be", R"({"prompt_tokens":100000000,"completion_tokens":1})", {100'000'000, 1, none}},
    });
}

BOOST_AUTO_TEST_CASE(one_odd_member_never_voids_the_others) {
    for (const std::string_view odd :
         {"-1", "-0.5", "\"\"", "\"many\"", "\"-3\"", "\"0x10\"", "\"12 \"", "true", "{}", "[12]", "{\"a\":1}"}) {
        const auto with = [&](std::string_view before, std::string_view after) {
            return std::string(before).append(odd).append(after);
        };
        const auto cached = with(
                       R"({"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":)", "}}"),
                   prompt = with(R"({"prompt_tokens":)", R"(,"completion_tokens":3})"),
                   completion = with(R"({"prompt_tokens":12,"completion_tokens":)", R"(,"total_tokens":15})"),
                   total = with(R"({"prompt_tokens":12,"completion_tokens":3,"total_tokens":)", "}");
        check({{"cached", cached, {12, 3, none, none, none, none, true}},
               {"prompt", prompt, {none, 3, none, none, none, none, true}},
               {"completion", completion, {12, 3, 15, none, none, none, true}},
               {"total", total, {12, 3, none, none, none, none, true}}});
    }
    check({{"null is absent", R"({"prompt_tokens":12,"completion_tokens":3,"total_tokens":null})", {12, 3, none}}});
}

BOOST_AUTO_TEST_CASE(counts_beyond_all_measure_are_left_out_and_marked) {
    for (const std::string_view huge : {"100000001", "9007199254740992", "9223372036854775808", "1e400", "\"1e30\""}) {
        const auto usage = R"({"prompt_tokens":12,"completion_tokens":)" + std::string(huge) + "}";
        check({{"completion", usage, {12, none, none, none, none, none, false, false, true}}});
    }
    check({{"all of them", R"({"prompt_tokens":1e9,"completion_tokens":1e9,"total_tokens":2e9})",
            {none, none, none, none, none, none, false, false, true}}});
}

BOOST_AUTO_TEST_CASE(counts_beyond_the_context_of_a_model_are_left_out_and_marked) {
    const auto bounded = [](std::int64_t prompt, std::int64_t completion, std::optional<std::int64_t> context,
                            std::int64_t answers = 1) {
        token_usage usage;
        usage.prompt = prompt;
        usage.completion = completion;
        usage.total = prompt + completion;
        refuse_implausible(usage, context, answers);
        return usage;
    };
    BOOST_TEST(bounded(200'000, 8'000, 128'000).is_whole());
    BOOST_TEST(bounded(200'000, 8'000, 128'000).total.value() == 208'000);
    BOOST_TEST(!bounded(1'000'000, 8'000, 128'000).prompt);
    BOOST_TEST(!bounded(1'000'000, 8'000, 128'000).total);
    BOOST_TEST(bounded(1'000'000, 8'000, 128'000).completion.value() == 8'000);
    BOOST_TEST(bounded(1'000'000, 8'000, 128'000).marks.implausible);
    BOOST_TEST(!bounded(10, 1'000'000, 128'000).completion);
    BOOST_TEST(bounded(10, 1'000'000, 128'000, 8).completion.value() == 1'000'000);
    BOOST_TEST(bounded(1'000'000, 8'000, std::nullopt).is_whole());
    BOOST_TEST(bounded(1'000'000, 8'000, 0).is_whole());
}

BOOST_AUTO_TEST_CASE(the_last_usage_that_says_no_less_counts) {
    const auto last_of = [](std::string_view first, std::string_view second) {
        const auto event = R"({"x_groq":{"usage":)" + std::string(first) + R"(},"usage":)" + std::string(second) + "}";
        return inspect_event(event).usage.value();
    };
    const std::string_view whole = R"({"prompt_tokens":7,"completion_tokens":2,"total_tokens":9})";
    BOOST_TEST(last_of(whole, R"({"prompt_tokens":7,"completion_tokens":3})").completion.value() == 3);
    BOOST_TEST(last_of(whole, R"({"prompt_tokens":-1,"completion_tokens":5})").completion.value() == 2);
    BOOST_TEST(last_of(whole, R"({"prompt_tokens":-1,"completion_tokens":5})").marks.odd);
    BOOST_TEST(last_of(whole, R"({"prompt_tokens":0,"completion_tokens":0})").completion.value() == 2);
    BOOST_TEST(last_of(whole, R"({"prompt_tokens":1e12,"completion_tokens":1e12})").completion.value() == 2);
    BOOST_TEST(last_of(R"({"completion_tokens":5})", whole).prompt.value() == 7);
}

BOOST_AUTO_TEST_SUITE_END()
