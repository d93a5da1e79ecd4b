#include "upstream/resolver.hpp"

#include "support/core_run.hpp"

using namespace ferry;
using namespace ferry::upstream;

namespace {

// A label longer than 63 bytes: no name service is asked about it.
const std::string impossible = std::string(64, 'a') + ".invalid";

struct resolver_fixture : test::test_core {
    name_lookup lookup;
    resolver names{context, lookup};
    net::interrupt_slot slot;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(resolver_suite, resolver_fixture)

BOOST_AUTO_TEST_CASE(an_address_needs_no_look_up) {
    for (const auto* literal : {"127.0.0.1", "::1", "2001:db8::7", "169.254.169.254"}) {
        std::optional<result<resolver::addresses>> found;
        start(test::keep_result(names.resolve(literal, slot), found));
        turn();
        BOOST_TEST_CONTEXT(literal) {
            BOOST_REQUIRE(found);
            BOOST_REQUIRE((**found).size() == 1);
            BOOST_TEST((**found)[0].to_string() == literal);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_is_looked_up_once_and_then_known) {
    const auto first = run(names.resolve("localhost", slot));
    BOOST_REQUIRE(first.has_value());
    BOOST_REQUIRE(!first->empty());
    for (const auto& address : *first) BOOST_TEST(address.is_loopback());
    std::optional<result<resolver::addresses>> second;
    start(test::keep_result(names.resolve("localhost", slot), second));
    turn();
    BOOST_REQUIRE(second);
    BOOST_TEST((**second == *first));
}

BOOST_AUTO_TEST_CASE(all_who_wait_for_a_name_are_answered) {
    std::vector<std::optional<result<resolver::addresses>>> found(5);
    for (auto& one : found) start(test::keep_result(names.resolve("localhost", slot), one));
    for (auto& one : found) {
        run_until([&] { return one.has_value(); });
        BOOST_TEST(one->has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_a_fault_that_names_it_and_is_remembered_for_a_while) {
    const auto failed = run(names.resolve(impossible, slot));
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST((failed.error().code == fault_code::upstream_dns_error));
    BOOST_TEST((failed.error().retry == retry_advice::next_candidate));
    BOOST_TEST(failed.error().for_operator.find(impossible) != std::string::npos);
    std::optional<result<resolver::addresses>> again;
    start(test::keep_result(names.resolve(impossible, slot), again));
    turn();
    BOOST_REQUIRE(again);
    BOOST_TEST(again->has_error());
}

BOOST_AUTO_TEST_CASE(an_interruption_ends_the_wait_and_harms_no_other) {
    net::interrupt_slot impatient;
    std::optional<result<resolver::addresses>> patient_found, impatient_found;
    start(test::keep_result(names.resolve("localhost", slot), patient_found));
    impatient.interrupt();
    start(test::keep_result(names.resolve("localhost", impatient), impatient_found));
    run_until([&] { return patient_found && impatient_found; });
    BOOST_TEST((**impatient_found).empty());
    BOOST_TEST(!(**patient_found).empty());
}

BOOST_AUTO_TEST_CASE(a_resolver_may_go_while_a_look_up_is_under_way) {
    {
        resolver brief(context, lookup);
        net::interrupt_slot leaving;
        leaving.interrupt();
        BOOST_TEST(run(brief.resolve("localhost", leaving))->empty());
    }
    // The answer finds nobody: a later look-up is answered after it, on the same queue.
    BOOST_TEST(!run(names.resolve("localhost", slot))->empty());
}

BOOST_AUTO_TEST_SUITE_END()
