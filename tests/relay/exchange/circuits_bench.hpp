// Rows that share keys and endpoints, and a clock that is moved by hand.
#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "relay/exchange/circuits.hpp"

namespace ferry::test {

using namespace ferry::relay;
using namespace std::chrono_literals;

inline catalog::candidate circuit_row(std::int64_t id, std::uint64_t account, const std::string& host) {
    catalog::candidate made;
    made.id = id;
    made.model_name = "model-" + std::to_string(id);
    made.account = account;
    made.where.host_header = made.where.pool_key = host;
    return made;
}

inline fault circuit_fault(fault_code code, int status = 0) {
    auto made = fault::upstream(code, retry_advice::same, "it broke.");
    made.upstream_status = status;
    return made;
}

inline const failed_how was_not_connected{}, was_answered{.connected = true, .answered = true},
    was_silent{.connected = true};

struct circuits_bench {
    circuits all;
    circuit_options rules{.minimum_requests = 3, .window = 60s, .cooldown = 5s, .cooldown_max = 60s};
    steady::time_point now = steady::now();
    // Two rows of one key, a third of the same endpoint, a fourth that has nothing to do with them.
    const catalog::candidate one = circuit_row(1, 10, "a"), sibling = circuit_row(2, 10, "a"),
                             neighbour = circuit_row(3, 30, "a"), stranger = circuit_row(4, 40, "b");

    std::optional<circuits::pass> enter(const catalog::candidate& of, bool even_behind = false) {
        return all.enter(of, even_behind, rules, now);
    }
    bool may_ask(const catalog::candidate& of, bool even_behind = false) { return enter(of, even_behind).has_value(); }
    void fail(const catalog::candidate& of, fault_code code, int status = 0, int times = 1) {
        for (int i = 0; i < times; ++i) all.failed({}, of, circuit_fault(code, status), how(status), rules, now);
    }
    static failed_how how(int status) { return status != 0 ? was_answered : was_silent; }
    void busy(const catalog::candidate& of, int times = 1) { fail(of, fault_code::upstream_overloaded, 503, times); }
    void good(const catalog::candidate& of) {
        const auto by = all.enter(of, true, rules, now);
        if (by) all.succeeded(*by, of, rules, now);
    }
    void limit(const catalog::candidate& of, milliseconds wait) {
        auto why = circuit_fault(fault_code::upstream_rate_limited, 429);
        why.retry_after = wait;
        all.failed({}, of, why, was_answered, rules, now);
    }
    // One try as the probe.
    void probe_fails(const catalog::candidate& of) {
        const auto by = enter(of);
        BOOST_REQUIRE(by);
        BOOST_TEST(by->is_probe());
        all.failed(*by, of, circuit_fault(fault_code::upstream_overloaded, 503), was_answered, rules, now);
    }
    milliseconds left(const catalog::candidate& of) {
        const auto why = all.refusal(of, now);
        return why ? *why->retry_after : 0ms;
    }
};

}  // namespace ferry::test
