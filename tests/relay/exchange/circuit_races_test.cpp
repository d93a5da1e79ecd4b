#include <atomic>
#include <thread>
#include <vector>

#include "relay/exchange/circuits_bench.hpp"

using namespace ferry;
using namespace ferry::test;

BOOST_AUTO_TEST_SUITE(circuit_races)

BOOST_FIXTURE_TEST_CASE(of_many_that_come_at_once_exactly_one_probes, circuits_bench) {
    for (int round = 0; round < 200; ++round) {
        circuits fresh;
        for (int i = 0; i < 3; ++i) {
            fresh.failed({}, one, circuit_fault(fault_code::upstream_error, 500), was_answered, rules, now);
        }
        const auto later = now + 5s;
        std::atomic<int> probes{0}, ready{0};
        std::vector<std::thread> cores;
        std::vector<std::optional<circuits::pass>> passes(4);
        for (auto& mine : passes) {
            cores.emplace_back([&] {
                for (++ready; ready < 4;) std::this_thread::yield();
                mine = fresh.enter(one, true, rules, later);
                if (mine) ++probes;
            });
        }
        for (auto& core : cores) core.join();
        BOOST_TEST(probes == 1);
        passes.clear();
    }
}

// Whatever cores do at once: never are two probes of one circuit out, and all comes to rest.
BOOST_FIXTURE_TEST_CASE(probes_never_meet_whatever_happens, circuits_bench) {
    rules = {.failure_ratio = 0.5, .minimum_requests = 2, .window = 60s, .cooldown = 0ms, .cooldown_max = 0ms};
    std::atomic<int> out{0};
    std::atomic<bool> has_met{false};
    std::vector<std::thread> cores;
    for (unsigned core = 0; core < 4; ++core) {
        cores.emplace_back([&, core] {
            std::uint64_t chance = core + 1;
            for (int i = 0; i < 5000; ++i) {
                chance = chance * 6364136223846793005u + 1442695040888963407u;
                auto mine = all.enter(one, true, rules, now);
                if (!mine) continue;
                const bool is_probe = mine->is_probe();
                if (is_probe && out.fetch_add(1) != 0) has_met = true;
                std::this_thread::yield();
                if (is_probe) out.fetch_sub(1);
                if (chance >> 62u == 0) continue;  // it dies
                if (chance >> 63u == 0) {
                    // Others that were let in before it opened end a probe's turn, too: here they tell nothing.
                    if (is_probe) all.succeeded(*mine, one, rules, now);
                } else {
                    all.failed(*mine, one, circuit_fault(fault_code::upstream_error, 500), was_answered, rules, now);
                }
            }
        });
    }
    for (auto& core : cores) core.join();
    BOOST_TEST(!has_met);
    BOOST_TEST(may_ask(one));
}

BOOST_AUTO_TEST_SUITE_END()
