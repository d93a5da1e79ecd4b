#include "limits/limiter.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

namespace ferry::limits {
namespace {

using access::party;
using access::party_limits;

constexpr std::int64_t now = 1'000'000'000;

party_limits limited(party who, std::int64_t id, std::int64_t rpm = -1, std::int64_t tpm = -1,
                     std::int64_t parallel = -1) {
    party_limits one{who, id};
    one.rpm = rpm;
    one.tpm = tpm;
    one.max_parallel = parallel;
    return one;
}

BOOST_AUTO_TEST_SUITE(limiter_suite)

BOOST_AUTO_TEST_CASE(a_request_that_one_limit_refuses_counts_for_none) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, 10), limited(party::team, 9, 1)};
    BOOST_TEST(!all.admit(of, 0, now).refused);
    const auto refused = all.admit(of, 0, now);
    BOOST_REQUIRE(refused.refused);
    BOOST_TEST(refused.refused->message ==
               "The limit of this key's team is reached: 1 requests in any minute. Try again in 61.0 s.");
    BOOST_TEST(refused.left.requests.remaining == 0);
    const std::vector<party_limits> key_alone{limited(party::key, 1, 10)};
    BOOST_TEST(all.admit(key_alone, 0, now).left.requests.remaining == 8);
}

BOOST_AUTO_TEST_CASE(tokens_that_were_not_used_are_given_back) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, -1, 1000)};
    auto first = all.admit(of, 900, now);
    BOOST_TEST(first.left.tokens.remaining == 100);
    BOOST_TEST(all.admit(of, 200, now).refused.has_value());
    first.in.settle(100, now);
    first.in = {};
    auto second = all.admit(of, 200, now);
    BOOST_TEST(!second.refused);
    BOOST_TEST(second.left.tokens.remaining == 700);
    second.in.settle(650, now);
    second.in = {};
    BOOST_TEST(all.admit(of, 251, now).refused.has_value());
    BOOST_TEST(!all.admit(of, 250, now).refused);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_larger_than_the_limit_may_come_alone) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, -1, 1000)};
    {
        auto small = all.admit(of, 10, now);
        BOOST_TEST(all.admit(of, 5000, now).refused.has_value());
        small.in.settle(0, now);
    }
    BOOST_TEST(!all.admit(of, 5000, now).refused);
}

BOOST_AUTO_TEST_CASE(requests_at_once_are_counted_until_they_end) {
    limiter all;
    const std::vector<party_limits> of{limited(party::user, 1, -1, -1, 2)};
    auto one = all.admit(of, 0, now);
    auto two = all.admit(of, 0, now);
    BOOST_TEST(all.admit(of, 0, now).refused.has_value());
    one.in = {};
    auto three = all.admit(of, 0, now);
    BOOST_TEST(!three.refused);
    ticket moved = std::move(three.in);
    BOOST_TEST(all.admit(of, 0, now).refused.has_value());
}

BOOST_AUTO_TEST_CASE(a_limit_of_nothing_lets_nothing_through) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, 0)};
    const auto refused = all.admit(of, 0, now);
    BOOST_REQUIRE(refused.refused);
    BOOST_TEST(!refused.refused->retry_after);
}

BOOST_AUTO_TEST_CASE(many_threads_let_in_as_many_as_the_limit_says) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, 500), limited(party::user, 1, 300)};
    std::atomic<int> let_in{0};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) let_in += all.admit(of, 0, now).refused ? 0 : 1;
        });
    }
    threads.clear();
    BOOST_TEST(let_in == 300);
}

// Processes that tell each other every 250 ms.
struct replica_set {
    explicit replica_set(int count) : all(static_cast<std::size_t>(count)), told(all.size()) {}

    void exchange(std::size_t which, std::int64_t turn, std::int64_t at) {
        const auto asked = all[which].collect(0, at);
        store::limits_of_others others{{}, static_cast<int>(all.size()), static_cast<int>(which)};
        if (asked.empty()) return;
        others.used.push_back({asked[0].party, asked[0].party_id});
        for (std::size_t other = 0; other != all.size(); ++other) {
            if (other == which || told[other].empty()) continue;
            const auto& row = told[other][0];
            others.used[0].minute_requests += row.minute_requests + row.shares[0];
            others.used[0].minute_tokens += row.minute_tokens + row.shares[1];
            others.used[0].parallel += row.parallel + row.shares[4];
        }
        told[which] = all[which].share(asked, others, turn, at);
    }

    std::vector<limiter> all;
    std::vector<std::vector<store::limit_use_row>> told;
};

// Twice the limit for five minutes, evenly and all at one of four.
BOOST_AUTO_TEST_CASE(replicas_let_in_as_many_as_one_would) {
    for (const bool is_even : {true, false}) {
        replica_set of(4);
        const std::vector<party_limits> limits{limited(party::key, 1, 600)};
        int let_in = 0, asked = 0;
        for (std::int64_t ms = 0; ms < 300'000; ms += 10) {
            const auto at = now + ms;
            for (std::size_t r = 0; r < 4; ++r) {
                if ((ms + static_cast<std::int64_t>(r) * 60) % 250 == 0) of.exchange(r, ms / 250, at);
            }
            if (ms % 50 != 0) continue;
            ++asked;
            const auto where = is_even ? static_cast<std::size_t>(ms / 50 % 4) : 0;
            let_in += of.all[where].admit(limits, 0, at).refused ? 0 : 1;
        }
        BOOST_TEST(asked == 6000);
        BOOST_TEST(let_in >= 2970);
        BOOST_TEST(let_in <= 3030);
    }
}

BOOST_AUTO_TEST_CASE(replicas_that_know_each_other_never_let_in_too_many_at_once) {
    replica_set of(3);
    const std::vector<party_limits> limits{limited(party::key, 1, 100)};
    int let_in = 0;
    for (std::size_t r = 0; r < 3; ++r) let_in += of.all[r].admit(limits, 0, now).refused ? 0 : 1;
    for (int round = 0; round < 2; ++round) {
        for (std::size_t r = 0; r < 3; ++r) of.exchange(r, round, now);
    }
    for (int turn = 2; turn < 40; ++turn) {
        const auto at = now + turn * 100;
        for (std::size_t r = 0; r < 3; ++r) {
            for (int i = 0; i < 30; ++i) let_in += of.all[r].admit(limits, 0, at).refused ? 0 : 1;
            of.exchange((r + 1) % 3, turn, at);
        }
    }
    BOOST_TEST(let_in == 100);
}

BOOST_AUTO_TEST_CASE(requests_one_after_the_other_are_one_at_once_on_every_replica) {
    replica_set of(2);
    const std::vector<party_limits> limits{limited(party::key, 1, -1, -1, 2)};
    for (std::size_t r = 0; r < 2; ++r) {
        const auto one = of.all[r].admit(limits, 0, now);
    }
    for (std::size_t r = 0; r < 2; ++r) of.exchange(r, 0, now);
    for (int i = 0; i < 20; ++i) BOOST_TEST(!of.all[0].admit(limits, 0, now).refused);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_larger_than_a_share_fits_once_the_others_have_told) {
    replica_set of(2);
    const std::vector<party_limits> limits{limited(party::key, 1, -1, 10'000)};
    for (std::size_t r = 0; r < 2; ++r) {
        auto one = of.all[r].admit(limits, 10, now);
    }
    of.exchange(0, 0, now);
    of.exchange(1, 0, now);
    of.exchange(0, 1, now);
    BOOST_TEST(of.all[0].admit(limits, 6000, now).refused.has_value());
    of.exchange(1, 2, now);
    of.exchange(0, 2, now);
    BOOST_TEST(!of.all[0].admit(limits, 6000, now).refused);
}

// Each knows that there are four, and nothing of the key.
struct four_strangers : replica_set {
    four_strangers() : replica_set(4) {
        for (std::size_t r = 0; r < 4; ++r) (void)all[r].share({}, {{}, 4, static_cast<int>(r)}, 0, now);
    }
    const std::vector<party_limits> limits{limited(party::key, 1, 100)};
};

BOOST_AUTO_TEST_CASE(who_is_new_takes_an_even_share_until_the_others_have_told) {
    four_strangers of;
    int let_in = 0, waiting = 0;
    for (auto& one : of.all) {
        for (int i = 0; i < 40; ++i) {
            const auto made = one.admit(of.limits, 0, now, true);
            BOOST_REQUIRE(!made.refused);
            ++(made.must_wait ? waiting : let_in);
        }
    }
    BOOST_TEST(let_in == 100);
    BOOST_TEST(waiting == 60);
}

BOOST_AUTO_TEST_CASE(a_burst_at_one_replica_is_let_in_once_the_others_have_told) {
    four_strangers of;
    int waiting = 0;
    for (int i = 0; i < 90; ++i) waiting += of.all[2].admit(of.limits, 0, now, true).must_wait ? 1 : 0;
    BOOST_TEST(waiting == 65);
    of.exchange(2, 1, now + 5);
    for (int i = 0; i < waiting; ++i) BOOST_REQUIRE(!of.all[2].admit(of.limits, 0, now + 5).refused);
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_others_that_cannot_be_asked_or_do_not_tell) {
    four_strangers of;
    for (int i = 0; i < 30; ++i) (void)of.all[0].admit(of.limits, 0, now, true);
    BOOST_TEST(of.all[0].admit(of.limits, 0, now, true).must_wait);
    BOOST_TEST(!of.all[0].admit(of.limits, 0, now, false).refused);
    BOOST_TEST(!of.all[0].admit(of.limits, 0, now + 501, true).must_wait);
    for (int i = 0; i < 30; ++i) (void)of.all[1].admit(of.limits, 0, now, true);
    of.all[1].lose_others();
    BOOST_TEST(!of.all[1].admit(of.limits, 0, now, true).must_wait);
}

BOOST_AUTO_TEST_CASE(what_comes_on_top_of_a_long_answer_counts_when_it_ends) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, -1, 1000)};
    auto one = all.admit(of, 100, now);
    one.in.settle(900, now + 90'000);
    one.in = {};
    BOOST_TEST(all.admit(of, 0, now + 90'000).left.tokens.remaining == 200);
}

BOOST_AUTO_TEST_CASE(what_others_used_fades_where_they_tell_no_more) {
    limiter all;
    const std::vector<party_limits> of{limited(party::key, 1, 100)};
    { const auto one = all.admit(of, 0, now); }
    const auto rows = all.collect(0, now);
    BOOST_REQUIRE(rows.size() == 1);
    BOOST_TEST(rows[0].minute_requests == 1);
    (void)all.share(rows, {{{"key", 1, 99, 0, 0, 0, 0, {}}}, 2, 0}, 0, now);
    BOOST_TEST(all.admit(of, 0, now + 1000).refused.has_value());
    BOOST_TEST(!all.admit(of, 0, now + 30'000).refused);
    BOOST_TEST(all.admit(of, 0, now + 61'001).left.requests.remaining == 98);
}

BOOST_AUTO_TEST_CASE(who_uses_nothing_is_forgotten) {
    limiter all;
    int fresh = 0;
    all.on_new([&] { ++fresh; });
    const std::vector<party_limits> of{limited(party::key, 1, 100)};
    { const auto one = all.admit(of, 0, now); }
    { const auto two = all.admit(of, 0, now); }
    BOOST_TEST(fresh == 1);
    BOOST_TEST(all.collect(now, now + 1000).size() == 1);
    BOOST_TEST(all.collect(now + 1, now + 1000).size() == 0);
    (void)all.collect(now, now + 130'000);
    { const auto three = all.admit(of, 0, now + 130'000); }
    BOOST_TEST(fresh == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
