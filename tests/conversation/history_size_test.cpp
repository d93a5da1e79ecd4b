// Long and hostile conversations: each of these takes no time where the work is linear, and hours where it is not.
#include <boost/test/unit_test.hpp>

#include "conversation/chat.hpp"

using namespace ferry::conversation;
using namespace ferry::conversation::testing;

namespace {

constexpr std::size_t many = 100'000;
constexpr history_limits no_limits = {many * 2, 1'000'000'000};

kept_messages turns(std::size_t count, std::size_t different) {
    kept_messages all;
    for (std::size_t i = 0; i != count / 2; ++i) {
        const auto text = std::to_string(i % different);
        all.push_back(user(text));
        all.push_back(assistant(text));
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_size_suite)

BOOST_AUTO_TEST_CASE(a_conversation_of_100000_messages_is_planned) {
    for (const std::size_t different : {many, std::size_t(1)}) {
        const auto stored = turns(many, different);
        auto carried = stored;
        carried.push_back(user("new"));
        auto plan = plan_history(text_of_all(carried), stored, no_limits, true);
        BOOST_TEST(plan.added.size() == 1u);
        BOOST_TEST(plan.inserted.empty());
        plan = plan_history(text_of_all({user("new")}), stored, no_limits, true);
        BOOST_TEST(plan.count == many);
        // A question that occurs nowhere stands before each that does, so no stretch goes on.
        kept_messages mixed;
        for (const auto& each : turns(many / 2, different)) {
            mixed.push_back(user("never"));
            mixed.push_back(each);
        }
        plan = plan_history(text_of_all(mixed), stored, no_limits, true);
        BOOST_TEST(plan.added.empty());
    }
}

BOOST_AUTO_TEST_CASE(as_many_instructions_are_planned) {
    const kept_messages instructions(many, instruction("s"));
    auto request = instructions;
    request.push_back(user("a"));
    BOOST_TEST(added(request, instructions).size() == 1u);
    BOOST_TEST(plan_history(text_of_all({user("a")}), instructions, no_limits, true).count == many);
    auto other = instructions;
    other.front() = instruction("t");
    BOOST_TEST(added(request, other).size() == many + 1);
}

BOOST_AUTO_TEST_CASE(two_mib_of_anything_are_planned) {
    constexpr std::size_t size = 2 << 20;
    const kept_messages stored = turns(100, 100);
    const auto repeated = [](std::string_view piece) {
        std::string text = "[";
        while (text.size() < size) text += piece;
        text.back() = ']';
        return text;
    };
    for (const std::string_view piece : {"0,", "{},", "\"\",", "[],", R"({"role":"assistant","content":"1"},)"}) {
        const auto text = repeated(piece);
        BOOST_TEST(boost::json::parse(spliced(text, plan_history(text, stored, {}, true))).is_array());
    }
    const auto one = [&](std::string_view inside) { return R"([{"role":"user","content":)" + repeated(inside) + "}]"; };
    for (const std::string_view piece : {R"({"type":"text","text":"\u0061"},)", "[],", "\"\\u00e9\","}) {
        const auto text = one(piece);
        BOOST_TEST(plan_history(text, stored, {}, true).added.size() == 1u);
    }
    const std::string deep(size / 2, '[');
    const auto text = R"([{"role":"user","content":)" + deep + std::string(size / 2, ']') + "}]";
    BOOST_TEST(plan_history(text, stored, {}, true).added.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
