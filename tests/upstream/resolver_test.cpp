#include "upstream/resolver.hpp"

#include "support/core_run.hpp"
#include "upstream/name_lookup.hpp"
#include "upstream/scripted_names.hpp"

using namespace ferry;
using namespace ferry::upstream;

namespace {

const std::string impossible = "no-such-host.example";

// On threads of its own, as in the program.
struct resolver_fixture : test::test_core {
    name_lookup lookup;
    name_cache cache{lookup};
    resolver names{context, cache};
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

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_a_fault_that_names_it_to_operators) {
    testing::scripted_names service;
    service.known[impossible] = testing::fails(true);
    name_cache known(service);
    resolver scripted(context, known);
    const auto failed = run(scripted.resolve(impossible, slot));
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST((failed.error().code == fault_code::upstream_dns_error));
    BOOST_TEST((failed.error().retry == retry_advice::next_candidate));
    BOOST_TEST(failed.error().message.find(impossible) == std::string::npos);
    BOOST_TEST(failed.error().for_operator.find(impossible) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_interruption_ends_the_wait_and_harms_no_other) {
    testing::scripted_names service;
    name_cache known(service);
    resolver scripted(context, known);
    net::interrupt_slot impatient;
    std::optional<result<resolver::addresses>> patient_found, impatient_found;
    start(test::keep_result(scripted.resolve("slow", slot), patient_found));
    start(test::keep_result(scripted.resolve("slow", impatient), impatient_found));
    turn();
    impatient.interrupt();
    run_until([&] { return impatient_found.has_value(); });
    BOOST_TEST((**impatient_found).empty());
    BOOST_TEST(!patient_found);
    service.answer("slow", testing::has({"192.0.2.1"}));
    run_until([&] { return patient_found.has_value(); });
    BOOST_TEST((**patient_found).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_resolver_may_go_while_a_look_up_is_under_way) {
    testing::scripted_names service;
    name_cache known(service);
    {
        resolver brief(context, known);
        net::interrupt_slot leaving;
        leaving.interrupt();
        BOOST_TEST(run(brief.resolve("slow", leaving))->empty());
    }
    service.answer("slow", testing::has({"192.0.2.1"}));
    turn();
    BOOST_TEST(run(names.resolve("localhost", slot)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
