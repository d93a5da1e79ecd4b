#include "limits/window.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <random>
#include <vector>

namespace ferry::limits {
namespace {

constexpr std::int64_t minute = 60'000, start = 1'000'000'000;

BOOST_AUTO_TEST_SUITE(window_suite)

BOOST_AUTO_TEST_CASE(what_is_added_counts_for_a_minute) {
    window counted(minute);
    counted.add(start, 5);
    BOOST_TEST(counted.sum(start) == 5);
    BOOST_TEST(counted.sum(start + 59'999) == 5);
    BOOST_TEST(counted.sum(start + 61'000) == 0);
    counted.add(start + 70'000, 2);
    BOOST_TEST(counted.sum(start + 70'000) == 2);
    BOOST_TEST(counted.sum(start + 10 * minute) == 0);
}

BOOST_AUTO_TEST_CASE(the_oldest_slot_leaves_evenly) {
    window counted(minute);
    counted.add(start + 100, 1000);
    BOOST_TEST(counted.sum(start + 60'000) == 1000);
    BOOST_TEST(counted.sum(start + 60'250) == 750);
    BOOST_TEST(counted.sum(start + 60'999) == 1);
}

BOOST_AUTO_TEST_CASE(the_wait_ends_when_the_sum_is_low_enough_and_not_before) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 300; ++round) {
        window counted(minute);
        std::int64_t now = start;
        for (int i = 0; i < 40; ++i) {
            now += static_cast<std::int64_t>(random() % 4000);
            counted.add(now, static_cast<std::int64_t>(random() % 50));
        }
        const auto most = static_cast<std::int64_t>(random() % 400);
        const auto wait = counted.wait_ms(now, most);
        BOOST_TEST(counted.sum(now + wait) <= most);
        if (wait > 40) BOOST_TEST(counted.sum(now + wait - 40) > most - 3);  // whole numbers, in steps of the slot
        if (counted.sum(now) <= most) BOOST_TEST(wait == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_correction_counts_at_its_time) {
    window counted(minute);
    counted.add(start, 100);
    counted.add(start + 10'000, 50);
    counted.add(start, -80);
    BOOST_TEST(counted.sum(start + 10'000) == 70);
    BOOST_TEST(counted.sum(start + 61'000) == 50);
    counted.add(start, 1000);  // it is over
    BOOST_TEST(counted.sum(start + 62'000) == 50);
    counted.add(start + 10'000, -1000);
    BOOST_TEST(counted.sum(start + 62'000) == 0);
}

BOOST_AUTO_TEST_CASE(the_running_total_is_the_sum_of_all_slots) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; ++round) {
        window counted(minute);
        std::vector<std::int64_t> slots(1000);  // of a second each, from `start` on
        std::int64_t now = start;
        for (int i = 0; i < 300; ++i) {
            now += static_cast<std::int64_t>(random() % (i % 50 == 0 ? 90'000 : 3000));
            const auto at = std::max(start, now - static_cast<std::int64_t>(random() % 70'000));
            const auto amount = static_cast<std::int64_t>(random() % 200) - 60;
            const auto slot = static_cast<std::size_t>((at - start) / 1000);
            if (slot >= slots.size()) break;
            counted.add(at, amount);
            const auto newest = (now - start) / 1000;
            if (static_cast<std::int64_t>(slot) >= newest - 60 || at == now) {
                slots[slot] = std::max<std::int64_t>(slots[slot] + amount, 0);
            }
            counted.add(now, 0);
            std::int64_t expected = 0;
            for (auto one = std::max<std::int64_t>(newest - 60, 0); one <= newest; ++one) {
                const auto count = slots[static_cast<std::size_t>(one)];
                const auto left_ms = 1000 - now % 1000;
                expected += one == newest - 60 ? count * left_ms / 1000 : count;
            }
            BOOST_REQUIRE(counted.sum(now) == expected);
            const auto clear = counted.clear_ms(now);
            BOOST_REQUIRE(counted.sum(now + clear) == 0);
            BOOST_REQUIRE(clear >= counted.wait_ms(now, 0));
            if (expected > 0) BOOST_REQUIRE(clear <= counted.wait_ms(now, 0) + 1000);  // parts of a slot round down
        }
    }
}

// Twice the limit for five minutes: what is let in stays within one per cent.
BOOST_AUTO_TEST_CASE(a_limit_of_600_lets_3000_of_6000_in_5_minutes) {
    window counted(minute);
    int let_in = 0;
    std::deque<std::int64_t> times;
    for (std::int64_t i = 0; i < 6000; ++i) {
        const auto now = start + i * 50;
        if (counted.sum(now) + 1 > 600) continue;
        counted.add(now, 1);
        times.push_back(now);
        ++let_in;
        while (times.front() <= now - minute) times.pop_front();
        BOOST_TEST(times.size() <= 606U);
    }
    BOOST_TEST(let_in >= 2970);
    BOOST_TEST(let_in <= 3030);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
