#include "net/timer_wheel.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <vector>

using namespace ferry;
using namespace ferry::net;

namespace {

struct wheel_fixture {
    boost::asio::io_context core{1};
    timer_wheel wheel{core};
    steady::time_point start = steady::now();

    // Runs the core until a timer of Asio's own goes off at this time after the start.
    void run_until(milliseconds after_start) {
        boost::asio::steady_timer reference(core, start + after_start);
        bool reached = false;
        reference.async_wait([&](const auto&) { reached = true; });
        core.restart();
        while (!reached) core.run_one();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(timer_wheel_suite, wheel_fixture)

BOOST_AUTO_TEST_CASE(a_deadline_fires_once_not_early_and_at_most_one_slot_late) {
    for (const auto after : {milliseconds(0), milliseconds(1), milliseconds(9), milliseconds(10), milliseconds(25)}) {
        start = steady::now();
        int fired = 0;
        steady::time_point at;
        deadline d(wheel);
        d.on_expiry([&] {
            ++fired;
            at = steady::now();
        });
        d.arm(start + after);
        BOOST_TEST(d.armed());
        // Both timers run on one core: however late that core is, the wheel's slot comes before the reference.
        run_until(after + milliseconds(11));
        BOOST_TEST(fired == 1);
        BOOST_TEST((at >= start + after));
        BOOST_TEST(d.expired());
        BOOST_TEST(!d.armed());
        run_until(after + milliseconds(40));
        BOOST_TEST(fired == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_deadline_in_the_past_fires_at_the_next_turn_and_not_inside_arm) {
    bool fired = false;
    deadline d(wheel);
    d.on_expiry([&] { fired = true; });
    d.arm(start - std::chrono::hours(1));
    BOOST_TEST(!fired);
    run_until(milliseconds(30));
    BOOST_TEST(fired);
}

BOOST_AUTO_TEST_CASE(a_cancelled_deadline_never_fires_and_leaves_the_core_without_work_of_its_own) {
    bool fired = false;
    {
        deadline d(wheel), destroyed(wheel);
        d.on_expiry([&] { fired = true; });
        destroyed.on_expiry([&] { fired = true; });
        d.arm(start + milliseconds(5));
        destroyed.arm(start + milliseconds(5));
        d.cancel();
        d.cancel();
        BOOST_TEST(!d.armed());
        BOOST_TEST(!d.expired());
    }
    core.run();  // returns: no deadline is left that the wheel would wake for
    BOOST_TEST(!fired);
}

BOOST_AUTO_TEST_CASE(a_deadline_can_be_moved_both_ways) {
    int fired = 0;
    deadline d(wheel);
    d.on_expiry([&] { ++fired; });
    d.arm(start + milliseconds(10));
    d.arm(start + milliseconds(60));
    run_until(milliseconds(40));
    BOOST_TEST(fired == 0);
    d.arm(start + std::chrono::seconds(30));
    d.arm(start + milliseconds(60));
    run_until(milliseconds(75));
    BOOST_TEST(fired == 1);
    BOOST_TEST(d.expired());
    d.arm(start + milliseconds(90));
    BOOST_TEST(!d.expired());
    run_until(milliseconds(105));
    BOOST_TEST(fired == 2);
}

BOOST_AUTO_TEST_CASE(a_deadline_of_a_later_turn_stays_when_its_slot_comes_by) {
    bool near_fired = false, far_fired = false;
    deadline near(wheel), far(wheel);
    near.on_expiry([&] { near_fired = true; });
    far.on_expiry([&] { far_fired = true; });
    near.arm(start + milliseconds(20));
    far.arm(start + milliseconds(20 + 4096 * 10));
    run_until(milliseconds(50));
    BOOST_TEST(near_fired);
    BOOST_TEST(!far_fired);
    BOOST_TEST(far.armed());
}

BOOST_AUTO_TEST_CASE(an_action_may_arm_cancel_and_destroy_others_and_arm_itself) {
    int own = 0, other = 0;
    deadline self(wheel), victim(wheel), late(wheel);
    auto doomed = std::make_unique<deadline>(wheel);
    const auto when = start + milliseconds(10);
    victim.on_expiry([&] { ++other; });
    doomed->on_expiry([&] { ++other; });
    late.on_expiry([&] { ++own; });
    self.on_expiry([&] {
        victim.cancel();
        doomed.reset();
        late.arm(steady::now());
        if (++own < 3) self.arm(steady::now() - milliseconds(100));
    });
    // The last one armed stands first in its slot.
    victim.arm(when);
    doomed->arm(when);
    self.arm(when);
    run_until(milliseconds(80));
    BOOST_TEST(own >= 4);
    BOOST_TEST(other == 0);
    BOOST_TEST(!late.armed());
    BOOST_TEST(!self.armed());
}

BOOST_AUTO_TEST_CASE(an_earlier_deadline_overtakes_the_one_the_timer_was_set_for) {
    std::vector<int> order;
    deadline first(wheel), second(wheel);
    first.on_expiry([&] { order.push_back(1); });
    second.on_expiry([&] { order.push_back(2); });
    second.arm(start + milliseconds(60));
    first.arm(start + milliseconds(15));
    run_until(milliseconds(30));
    BOOST_TEST(order == std::vector<int>{1}, boost::test_tools::per_element());
    run_until(milliseconds(75));
    BOOST_TEST(order == (std::vector<int>{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_deadlines_armed_moved_and_cancelled_at_random_each_keep_their_time) {
    struct tracked {
        explicit tracked(timer_wheel& wheel) : d(wheel) {}
        deadline d;
        steady::time_point when;
        int fired = 0;
        bool early = false;
    };
    std::mt19937 random(7);
    std::vector<std::unique_ptr<tracked>> all;
    for (int i = 0; i < 2000; ++i) {
        auto& one = *all.emplace_back(std::make_unique<tracked>(wheel));
        one.d.on_expiry([&one] {
            ++one.fired;
            one.early = one.early || steady::now() < one.when;
        });
        for (auto moves = random() % 3 + 1; moves > 0; --moves) {
            one.when = start + std::chrono::microseconds(random() % 150'000);
            one.d.arm(one.when);
        }
        if (i % 5 == 0) one.d.cancel();
    }
    run_until(milliseconds(170));
    for (std::size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST(all[i]->fired == (i % 5 == 0 ? 0 : 1));
        BOOST_TEST(!all[i]->early);
    }
}

BOOST_AUTO_TEST_SUITE_END()
