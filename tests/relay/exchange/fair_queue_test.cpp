#include "relay/exchange/fair_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace ferry::relay;

namespace {

struct waiting_line {
    fair_queue<std::string> all;

    auto join(std::int64_t key, const std::string& name, std::int64_t priority = 0) {
        return all.join(key, priority, name);
    }
    std::string next(int count) {
        std::string names;
        for (int i = 0; i < count; ++i) names += all.next().value_or("-") + " ";
        return names;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fair_queue_suite)

BOOST_FIXTURE_TEST_CASE(keys_take_turns_and_each_has_its_own_in_order, waiting_line) {
    for (const auto* name : {"a1", "a2", "a3", "a4"}) join(1, name);
    join(2, "b1");
    BOOST_TEST(next(2) == "a1 b1 ");
    join(2, "b2");
    join(3, "c1");
    BOOST_TEST(next(6) == "a2 b2 c1 a3 a4 - ");
}

BOOST_FIXTURE_TEST_CASE(who_had_a_turn_and_comes_again_is_behind_those_who_have_not, waiting_line) {
    join(1, "a1");
    join(2, "b1");
    join(3, "c1");
    BOOST_TEST(next(1) == "a1 ");
    join(1, "a2");
    BOOST_TEST(next(3) == "b1 c1 a2 ");
}

BOOST_FIXTURE_TEST_CASE(a_lower_priority_goes_first_but_for_every_eighth_turn, waiting_line) {
    join(9, "late", 1);
    for (int i = 0; i < 9; ++i) join(1, "a" + std::to_string(i), -1);
    BOOST_TEST(next(10) == "a0 a1 a2 a3 a4 a5 a6 late a7 a8 ");
}

BOOST_FIXTURE_TEST_CASE(nobody_waits_for_ever_while_others_keep_coming, waiting_line) {
    join(8, "middle", 1);
    join(9, "last", 2);
    std::string seen;
    for (int i = 0; i < 16; ++i) {
        join(i, "x");
        seen += next(1);
    }
    BOOST_TEST(seen.find("middle") != std::string::npos);
    BOOST_TEST(seen.find("last") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(who_leaves_is_forgotten, waiting_line) {
    const auto a = join(1, "a1");
    join(1, "a2");
    BOOST_TEST(all.leave(a));
    BOOST_TEST(!all.leave(a));
    BOOST_TEST(all.size() == 1u);
    BOOST_TEST(next(2) == "a2 - ");
    BOOST_TEST(all.empty());
}

BOOST_FIXTURE_TEST_CASE(whose_turn_would_come_last_gives_way_to_whose_turn_comes_before, waiting_line) {
    for (const auto* name : {"a1", "a2", "a3"}) join(1, name);
    BOOST_TEST(!all.last_behind(all.place_for(1, 0)).has_value());  // it would be behind its own
    BOOST_TEST(!all.last_behind(all.place_for(2, 5)).has_value());
    BOOST_TEST(all.last_behind(all.place_for(2, 0)).value() == "a3");
    BOOST_TEST(all.last_behind(all.place_for(1, -1)).value() == "a2");
    BOOST_TEST(next(2) == "a1 - ");
}

BOOST_AUTO_TEST_SUITE_END()
