// What one event can make an answer that is put together cost. Counted in allocations, which do not depend on how busy
// the machine is: the program's operator new is replaced by one that counts.
#include <boost/test/unit_test.hpp>
#include <string>

#include "openai/stream_aggregate.hpp"
#include "support/counted_allocations.hpp"

using namespace ferry::openai;

namespace {

// `count` members whose names are too long for a string without an allocation.
std::string members(int count) {
    std::string out;
    for (int i = 0; i != count; ++i) {
        if (i > 0) out += ',';
        out += "\"a member with the number " + std::to_string(i) + "\":1";
    }
    return out;
}

struct added {
    aggregation outcome;
    std::size_t allocations;
};

added add(const std::string& event) {
    stream_aggregate made(1u << 30);
    const auto before = ferry::test::allocations;
    const auto outcome = made.add(event);
    return {outcome, ferry::test::allocations - before};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(aggregate_bounds_suite)

BOOST_AUTO_TEST_CASE(an_event_of_40000_members_is_refused_at_the_first_that_is_too_many) {
    constexpr int many = 40'000;
    const auto top = add("{" + members(many) + "}");
    const auto in_choice = add(R"({"choices":[{"index":0,)" + members(many) + "}]}");
    const auto in_delta = add(R"({"choices":[{"index":0,"delta":{)" + members(many) + "}}]}");
    const auto in_call = add(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,)" + members(many) + "}]}}]}");
    for (const auto& one : {top, in_choice, in_delta, in_call}) {
        BOOST_TEST((one.outcome == aggregation::too_large));
        BOOST_TEST(one.allocations < 3000u);
    }
}

BOOST_AUTO_TEST_CASE(an_event_of_40000_choices_is_refused_at_the_first_that_is_too_many) {
    std::string choices;
    for (int i = 0; i != 40'000; ++i) {
        if (i > 0) choices += ',';
        choices += R"({"index":1000000000000000)" + std::to_string(i) + R"(,"delta":{}})";
    }
    const auto one = add(R"({"choices":[)" + choices + "]}");
    BOOST_TEST((one.outcome == aggregation::too_large));
    BOOST_TEST(one.allocations < 3000u);
}

BOOST_AUTO_TEST_CASE(an_event_that_is_all_structure_is_refused_and_one_that_is_all_text_is_not) {
    const auto event = [](std::string_view content) {
        return R"({"choices":[{"index":0,"delta":{"content":)" + std::string(content) + "}}]}";
    };
    std::string list = "[1";
    for (int i = 0; i != 600'000; ++i) list += ",1";
    BOOST_TEST((add(event(list + "]")).outcome == aggregation::too_large));
    BOOST_TEST((add(event("\"" + std::string(2'000'000, 'x') + "\"")).outcome == aggregation::taken));
}

BOOST_AUTO_TEST_CASE(members_said_again_in_each_event_cost_nothing_new) {
    const auto event = R"({"choices":[{"index":0,"delta":{)" + members(1000) + "}}]}";
    stream_aggregate made(1u << 20);
    BOOST_TEST((made.add(event) == aggregation::taken));
    const auto before = ferry::test::allocations;
    BOOST_TEST((made.add(event) == aggregation::taken));
    BOOST_TEST(ferry::test::allocations - before < 50u);
}

BOOST_AUTO_TEST_SUITE_END()
