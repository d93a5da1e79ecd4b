#include "upstream/name_cache.hpp"

#include <boost/test/unit_test.hpp>

#include "upstream/scripted_names.hpp"

using namespace ferry;
using namespace ferry::upstream;
using std::chrono::seconds;
using testing::fails;
using testing::has;

namespace {

struct cache_fixture {
    steady::time_point now = steady::now();
    testing::scripted_names service;
    name_cache names{service, [this] { return now; }};
    std::vector<name_cache::answer> told;

    // The first address that is known at once; "" if one has to wait.
    std::string look(const std::string& host) {
        const auto known = names.find(host, [this](name_cache::answer got) { told.push_back(std::move(got)); });
        return known ? shown(known) : "";
    }
    static std::string shown(const name_cache::answer& of) {
        return of->addresses.empty() ? of->error : of->addresses.front().to_string();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(name_cache_suite, cache_fixture)

BOOST_AUTO_TEST_CASE(a_name_is_asked_for_once_however_many_wait) {
    for (int i = 0; i < 5; ++i) BOOST_TEST(look("a") == "");
    BOOST_TEST(service.asked.size() == 1u);
    service.answer("a", has({"192.0.2.1"}));
    BOOST_REQUIRE(told.size() == 5u);
    for (const auto& one : told) BOOST_TEST(shown(one) == "192.0.2.1");
    BOOST_TEST(look("a") == "192.0.2.1");
    BOOST_TEST(service.asked.size() == 1u);
    BOOST_TEST(told.size() == 5u);
}

BOOST_AUTO_TEST_CASE(names_that_are_not_answered_delay_no_other) {
    for (const auto* dead : {"d1", "d2", "d3", "d4", "d5"}) BOOST_TEST(look(dead) == "");
    service.known["living"] = has({"192.0.2.1"});
    look("living");
    BOOST_TEST(look("living") == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(addresses_are_fresh_as_long_as_the_name_service_says_within_bounds) {
    const struct {
        int ttl, fresh;
    } cases[] = {{60, 60}, {0, 5}, {1, 5}, {100'000, 300}};
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.ttl) {
            const auto name = "ttl-" + std::to_string(one.ttl);
            service.known[name] = has({"192.0.2.1"}, one.ttl);
            look(name);
            const auto asked = service.asked.size();
            now += seconds(one.fresh) - std::chrono::milliseconds(1);
            look(name);
            BOOST_TEST(service.asked.size() == asked);
            now += std::chrono::milliseconds(1);
            BOOST_TEST(look(name) == "192.0.2.1");
            BOOST_TEST(service.asked.size() == asked + 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_old_answer_serves_on_while_the_name_is_looked_up_again) {
    service.known["a"] = has({"192.0.2.1"});
    look("a");
    service.known.clear();
    now += seconds(61);
    for (int i = 0; i < 3; ++i) BOOST_TEST(look("a") == "192.0.2.1");
    BOOST_TEST(service.asked.size() == 2u);
    service.answer("a", has({"192.0.2.2"}));
    BOOST_TEST(look("a") == "192.0.2.2");
}

BOOST_AUTO_TEST_CASE(a_name_service_that_fails_takes_no_known_name_with_it_and_is_asked_less_and_less) {
    service.known["a"] = has({"192.0.2.1"});
    look("a");
    service.known["a"] = fails(false);
    now += seconds(61);
    for (int wait : {1, 2, 4, 8, 16, 30, 30}) {
        const auto asked = service.asked.size();
        BOOST_TEST(look("a") == "192.0.2.1");
        BOOST_TEST(service.asked.size() == asked + 1);
        now += seconds(wait) - std::chrono::milliseconds(1);
        BOOST_TEST(look("a") == "192.0.2.1");
        BOOST_TEST(service.asked.size() == asked + 1);
        now += std::chrono::milliseconds(1);
    }
    now += std::chrono::hours(24);
    BOOST_TEST(look("a") == "");
    BOOST_TEST(shown(told.back()) == "the name service does not answer");
}

BOOST_AUTO_TEST_CASE(a_name_that_ceased_to_exist_is_not_served_on) {
    service.known["a"] = has({"192.0.2.1"});
    look("a");
    service.known["a"] = fails(true);
    now += seconds(61);
    BOOST_TEST(look("a") == "192.0.2.1");
    BOOST_TEST(look("a") == "the name does not exist");
}

BOOST_AUTO_TEST_CASE(a_failure_is_believed_for_a_second) {
    for (const bool is_definite : {true, false}) {
        const std::string name = is_definite ? "none" : "silent";
        service.known[name] = fails(is_definite);
        look(name);
        const auto asked = service.asked.size();
        now += std::chrono::milliseconds(999);
        BOOST_TEST(look(name) == fails(is_definite).error);
        BOOST_TEST(service.asked.size() == asked);
        now += std::chrono::milliseconds(1);
        service.known[name] = has({"192.0.2.1"});
        look(name);
        BOOST_TEST(shown(told.back()) == "192.0.2.1");
    }
}

BOOST_AUTO_TEST_CASE(what_nobody_uses_is_forgotten) {
    service.known = {{"used", has({"192.0.2.1"})}, {"unused", has({"192.0.2.2"})}};
    look("used");
    look("unused");
    look("waits for an answer");
    for (int minute = 0; minute < 11; ++minute) {
        now += std::chrono::minutes(1);
        look("used");
    }
    BOOST_TEST(names.size() == 2u);
    service.answer("waits for an answer", fails(true));
    BOOST_TEST(shown(told.back()) == "the name does not exist");
}

BOOST_AUTO_TEST_SUITE_END()
