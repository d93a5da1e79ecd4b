#include "relay/exchange/row_slots.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using namespace ferry;
using namespace ferry::relay;

namespace {

struct slots_bench {
    row_slots all;  // outlives what is on its way to a core
    boost::asio::io_context core;
    catalog::candidate one, other;

    slots_bench() {
        one.id = 1;
        one.max_parallel = 2;
        other.id = 17;  // of the same stripe
        other.max_parallel = 1;
    }
    std::shared_ptr<row_slots::waiter> waiter(std::int64_t key = 1, std::int64_t priority = 0) {
        return std::make_shared<row_slots::waiter>(core, key, priority);
    }
    row_load load(std::size_t i = 0) { return all.list().at(i); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(row_slots_suite)

BOOST_FIXTURE_TEST_CASE(as_many_as_the_row_says_and_again_when_one_ends, slots_bench) {
    auto a = all.take(one), b = all.take(one);
    BOOST_TEST((a && b));
    BOOST_TEST(!all.take(one));
    BOOST_TEST(all.take(other).has_value());
    *a = row_slots::slot();
    BOOST_TEST(load().in_use == 1);
    BOOST_TEST(all.take(one).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_ends_goes_to_who_waits_and_to_nobody_before, slots_bench) {
    auto a = all.take(other);
    const auto first = waiter(1), second = waiter(2);
    BOOST_TEST(all.join(first, other));
    BOOST_TEST(all.join(second, other));
    BOOST_TEST(!first->got);
    a.reset();
    BOOST_TEST(first->got.is_of(other.id));
    BOOST_TEST(!all.take(other));
    first->got = row_slots::slot();
    BOOST_TEST(second->got.is_of(other.id));
    BOOST_TEST(load().in_use == 1);
    BOOST_TEST(load().waited == 2u);
}

BOOST_FIXTURE_TEST_CASE(who_waits_at_two_rows_gets_one, slots_bench) {
    auto a = all.take(one), b = all.take(one), c = all.take(other);
    const auto who = waiter(), behind = waiter(2);
    BOOST_TEST((all.join(who, one) && all.join(who, other) && all.join(behind, one)));
    c.reset();
    BOOST_TEST(who->got.is_of(other.id));
    a.reset();
    BOOST_TEST(behind->got.is_of(one.id));
    all.leave(*who);
    BOOST_TEST(load(0).waiting == 0);
    BOOST_TEST(load(1).waiting == 0);
}

BOOST_FIXTURE_TEST_CASE(who_has_left_gets_nothing, slots_bench) {
    auto a = all.take(other);
    const auto gone = waiter(), next = waiter(2);
    BOOST_TEST((all.join(gone, other) && all.join(next, other)));
    all.leave(*gone);
    a.reset();
    BOOST_TEST(!gone->got);
    BOOST_TEST(next->got.is_of(other.id));
}

BOOST_FIXTURE_TEST_CASE(a_full_queue_is_no_place_for_who_comes_last_and_one_key_cannot_fill_it, slots_bench) {
    auto a = all.take(other);
    std::vector<std::shared_ptr<row_slots::waiter>> crowd;
    for (int i = 0; i < 64; ++i) {
        crowd.push_back(waiter(1));
        BOOST_TEST(all.join(crowd.back(), other));
    }
    BOOST_TEST(!all.join(waiter(1), other));
    const auto of_another_key = waiter(2);
    BOOST_TEST(all.join(of_another_key, other));
    BOOST_TEST(load().waiting == 64);
    a.reset();
    BOOST_TEST(crowd.front()->got.is_of(other.id));
    crowd.front()->got = row_slots::slot();
    BOOST_TEST(of_another_key->got.is_of(other.id));
}

BOOST_FIXTURE_TEST_CASE(no_slot_is_lost_and_none_is_given_twice_between_threads, slots_bench) {
    std::atomic<int> inside{0}, most{0}, got{0};
    std::vector<std::thread> crowd;
    for (int t = 0; t < 4; ++t) {
        crowd.emplace_back([&, t] {
            for (int i = 0; i < 2000; ++i) {
                const auto who = waiter(t);
                auto slot = all.take(one).value_or(row_slots::slot());
                if (!slot) {
                    all.join(who, one);
                    std::this_thread::yield();
                    all.leave(*who);
                    slot = std::move(who->got);
                }
                if (!slot) continue;
                const int now = ++inside;
                if (now > most) most = now;
                ++got;
                --inside;
            }
        });
    }
    for (auto& thread : crowd) thread.join();
    core.poll();
    BOOST_TEST(most <= 2);
    BOOST_TEST(got > 2000);
    BOOST_TEST(load().in_use == 0);
    BOOST_TEST(load().waiting == 0);
}

BOOST_AUTO_TEST_SUITE_END()
