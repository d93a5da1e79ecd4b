#include "conversation/memory.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using namespace ferry;
using conversation::key;
using conversation::memory;
using conversation::memory_options;
using conversation::messages;
using namespace std::chrono_literals;

usage::message question(std::string text) {
    return {"user", "\"" + std::move(text) + "\"", std::nullopt};
}

std::string texts_of(const messages& all) {
    std::string texts;
    for (const auto& one : all) texts += one.content;
    return texts;
}

struct clock_and_memory {
    steady::time_point now{};
    memory remembered{memory_options{}};

    memory::ticket join(const key& which, bool alone = false) {
        auto held = remembered.join(which, alone, now);
        BOOST_REQUIRE(held.has_value());
        return std::move(*held);
    }
};

BOOST_FIXTURE_TEST_SUITE(the_memory, clock_and_memory)

BOOST_AUTO_TEST_CASE(a_turn_is_seen_by_the_next_one_before_it_is_stored) {
    {
        const auto first = join({1, 81});
        BOOST_TEST(!remembered.known(first));
        remembered.fill({1, 81}, {question("a")}, 5);
        BOOST_TEST(remembered.add(first, {question("b"), question("c")}) == 5);
        BOOST_TEST(remembered.has_unstored(1, 81));
    }
    const auto second = join({1, 81});
    BOOST_TEST(texts_of(*remembered.known(second)) == "\"a\"\"b\"\"c\"");
    BOOST_TEST(remembered.add(second, {question("d")}) == 7);
    remembered.stored({1, 81});
    BOOST_TEST(remembered.has_unstored(1, std::nullopt));
    remembered.stored({1, 81});
    BOOST_TEST(!remembered.has_unstored(1, std::nullopt));
    BOOST_TEST(!remembered.has_unstored(1, 81));
}

BOOST_AUTO_TEST_CASE(what_is_known_is_newer_than_what_was_read) {
    const auto held = join({1, 1});
    remembered.fill({1, 1}, {}, 0);
    remembered.add(held, {question("new")});
    remembered.fill({1, 1}, {question("old")}, 1);
    BOOST_TEST(texts_of(*remembered.known(held)) == "\"new\"");
}

BOOST_AUTO_TEST_CASE(owners_are_kept_apart) {
    const auto mine = join({1, 81}), yours = join({2, 81});
    remembered.fill({1, 81}, {question("mine")}, 1);
    BOOST_TEST(!remembered.known(yours));
}

BOOST_AUTO_TEST_CASE(who_wants_to_be_alone_is_refused_beside_another_and_refuses_others) {
    {
        const auto first = join({1, 1});
        BOOST_TEST(!remembered.join({1, 1}, true, now));
        BOOST_TEST(remembered.join({1, 1}, false, now).has_value());
        BOOST_TEST(remembered.join({1, 2}, true, now).has_value());
    }
    const auto alone = join({1, 1}, true);
    BOOST_TEST(!remembered.join({1, 1}, false, now));
}

BOOST_AUTO_TEST_CASE(a_long_conversation_keeps_its_end_and_the_last_instructions) {
    memory_options few;
    few.most_messages = 4;
    remembered.reconfigure(few);
    const auto held = join({1, 1});
    remembered.fill({1, 1}, {}, 0);
    const usage::message old{"system", "\"old\"", std::nullopt}, rule{"system", "\"rule\"", std::nullopt};
    remembered.add(held, {old, question("0")});
    remembered.add(held, {rule, question("1")});
    for (const char* text : {"2", "3", "4", "5", "6", "7"}) remembered.add(held, {question(text)});
    BOOST_TEST(texts_of(*remembered.known(held)) == "\"rule\"\"4\"\"5\"\"6\"\"7\"");
}

BOOST_AUTO_TEST_CASE(the_longest_unused_goes_first_but_never_what_is_in_use_or_on_its_way) {
    memory_options small;
    small.most_bytes = 10'000;
    remembered.reconfigure(small);
    const auto held = join({1, 1});
    remembered.fill({1, 1}, {question(std::string(2000, 'x'))}, 1);
    {
        const auto moving = join({1, 2});
        remembered.fill({1, 2}, {}, 0);
        remembered.add(moving, {question(std::string(2000, 'y'))});
    }
    for (std::int64_t id = 3; id < 20; ++id) {
        now += 1s;
        const auto passing = join({1, id});
        remembered.fill({1, id}, {question(std::string(2000, 'z'))}, 1);
        BOOST_TEST(remembered.bytes() <= 12'800u);
    }
    BOOST_TEST(remembered.known(held) != nullptr);
    BOOST_TEST(remembered.known(join({1, 2})) != nullptr);
    BOOST_TEST(remembered.known(join({1, 3})) == nullptr);
    BOOST_TEST(remembered.known(join({1, 19})) != nullptr);
}

BOOST_AUTO_TEST_CASE(what_others_may_have_changed_is_read_again_after_a_while) {
    memory_options shared;
    shared.trusted = 1s;
    remembered.reconfigure(shared);
    join({1, 1});
    {
        const auto held = join({1, 1});
        remembered.fill({1, 1}, {question("a")}, 1);
    }
    now += 900ms;
    BOOST_TEST(remembered.known(join({1, 1})) != nullptr);
    now += 1100ms;
    {
        const auto held = join({1, 1});
        BOOST_TEST(remembered.known(held) == nullptr);
        remembered.fill({1, 1}, {question("a"), question("b")}, 2);
        remembered.add(held, {question("c")});
    }
    now += 5s;
    BOOST_TEST(remembered.known(join({1, 1})) != nullptr);  // what it added is on its way
}

BOOST_AUTO_TEST_CASE(what_was_removed_is_nobodys_and_is_not_counted) {
    const auto held = join({1, 1});
    remembered.fill({1, 1}, {question("a")}, 1);
    remembered.forget({1, 1});
    BOOST_TEST(remembered.bytes() == 0u);
    remembered.add(held, {question("b")});
    BOOST_TEST(remembered.bytes() == 0u);
    const auto next = join({1, 1});
    BOOST_TEST(remembered.known(next) == nullptr);
    remembered.stored({1, 1});
    BOOST_TEST(!remembered.has_unstored(1, std::nullopt));
}

BOOST_AUTO_TEST_CASE(of_what_could_not_be_read_nothing_stays) {
    for (std::int64_t id = 0; id < 1000; ++id) join({1, id});
    BOOST_TEST(remembered.bytes() == 0u);
    BOOST_TEST(remembered.conversations() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
