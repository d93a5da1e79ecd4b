#include "relay/exchange/circuits_bench.hpp"

using namespace ferry;
using namespace ferry::test;

namespace {

struct looks_bench : circuits_bench {
    std::vector<std::int64_t> due() { return all.due_looks(16, now); }
    circuit_view seen(const catalog::candidate& of) { return *all.view(of, rules, now); }
};

const std::vector<std::int64_t> nobody, the_first{1};

}  // namespace

BOOST_AUTO_TEST_SUITE(circuit_looks)

BOOST_FIXTURE_TEST_CASE(each_open_row_is_due_once_when_half_of_its_cooldown_is_over, looks_bench) {
    BOOST_TEST(due() == nobody);
    busy(one, 3);
    now += 2499ms;
    BOOST_TEST(due() == nobody);
    now += 1ms;
    BOOST_TEST(due() == the_first);
    BOOST_TEST(due() == nobody);
    now += 2500ms;
    probe_fails(one);  // for 10 s
    now += 4999ms;
    BOOST_TEST(due() == nobody);
    now += 1ms;
    BOOST_TEST(due() == the_first);
}

BOOST_FIXTURE_TEST_CASE(no_more_are_told_than_are_wanted, looks_bench) {
    busy(one, 3);
    busy(stranger, 3);
    now += 3s;
    BOOST_TEST(all.due_looks(1, now).size() == 1u);
    BOOST_TEST(all.due_looks(16, now).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_answer_lets_one_request_find_out_and_closes_nothing, looks_bench) {
    busy(one, 3);
    now += 3s;
    all.looked(one, look_outcome::well, now);
    BOOST_TEST((seen(one).state == circuit_state::half_open));
    BOOST_TEST((seen(one).looked == look_outcome::well));
    const auto probing = enter(one);
    BOOST_REQUIRE(probing);
    BOOST_TEST(probing->is_probe());
    BOOST_TEST(!may_ask(one, true));
    all.looked(one, look_outcome::unreachable, now);  // it is being found out
    BOOST_TEST((seen(one).state == circuit_state::half_open));
}

BOOST_FIXTURE_TEST_CASE(what_a_list_of_models_does_not_tell_changes_nothing, looks_bench) {
    busy(one, 3);
    now += 3s;
    for (const auto told : {look_outcome::refused, look_outcome::failed}) {
        all.looked(one, told, now);
        BOOST_TEST((left(one) == 2s));
        BOOST_TEST((seen(one).looked == told));
    }
    BOOST_TEST(all.figures().looks[1] == 1u);
    BOOST_TEST(all.figures().looks[2] == 1u);
    all.looked(stranger, look_outcome::well, now);
    BOOST_TEST(may_ask(stranger));
}

BOOST_FIXTURE_TEST_CASE(no_connection_begins_the_cooldown_anew, looks_bench) {
    fail(one, fault_code::upstream_connect_timeout, 0, 3);
    now += 4s;
    BOOST_TEST(due() == the_first);
    now += 2s;  // the connection took so long: the cooldown is over, and nobody has asked
    all.looked(one, look_outcome::unreachable, now);
    BOOST_TEST((left(one) == 5s));
    BOOST_TEST(due() == nobody);
    now += 2500ms;
    BOOST_TEST(due() == the_first);
}

BOOST_FIXTURE_TEST_CASE(a_time_that_the_upstream_named_is_kept, looks_bench) {
    auto why = circuit_fault(fault_code::upstream_overloaded, 503);
    why.retry_after = 20s;
    for (int i = 0; i < 3; ++i) all.failed({}, one, why, was_answered, rules, now);
    now += 18s;
    BOOST_TEST(due() == the_first);
    all.looked(one, look_outcome::well, now);
    BOOST_TEST((left(one) == 2s));
}

BOOST_FIXTURE_TEST_CASE(what_was_seen_is_forgotten_when_it_opens_again, looks_bench) {
    busy(one, 3);
    now += 3s;
    all.looked(one, look_outcome::well, now);
    probe_fails(one);
    BOOST_TEST(!seen(one).looked.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
