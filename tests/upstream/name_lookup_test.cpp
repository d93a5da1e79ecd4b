#include "upstream/name_lookup.hpp"

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <map>
#include <mutex>

#include "upstream/dns_server.hpp"

using namespace ferry::upstream;
using ferry::upstream::testing::dns_server;

namespace {

// Answers in the order in which they came.
struct listener {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::pair<std::string, lookup_answer>> came;

    void ask(name_lookup& names, const std::string& host) {
        names.ask(host, [this, host](lookup_answer got) {
            const std::lock_guard lock(mutex);
            came.emplace_back(host, std::move(got));
            changed.notify_all();
        });
    }
    lookup_answer wait_for(std::size_t count) {
        std::unique_lock lock(mutex);
        BOOST_REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return came.size() >= count; }));
        return came[count - 1].second;
    }
    lookup_answer answer(name_lookup& names, const std::string& host) {
        // Counted first: an answer may be there before ask() returns.
        const std::size_t before = came.size();
        ask(names, host);
        return wait_for(before + 1);
    }
};

struct lookup_fixture {
    dns_server server;
    listener hears;
};

constexpr std::chrono::milliseconds long_wait{20'000}, short_wait{40};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(name_lookup_suite, lookup_fixture)

BOOST_AUTO_TEST_CASE(localhost_needs_no_name_service) {
    name_lookup names(server.address(), long_wait);
    for (const auto* name : {"localhost", "LOCALHOST", "localhost."}) {
        const auto got = hears.answer(names, name);
        BOOST_TEST_CONTEXT(name << ": " << got.error) {
            BOOST_REQUIRE(!got.addresses.empty());
            for (const auto& one : got.addresses) BOOST_TEST(one.is_loopback());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_has_the_addresses_and_the_time_its_server_says) {
    server.has("provider.example", {"192.0.2.7", "192.0.2.8"}, 77);
    name_lookup names(server.address(), long_wait);
    const auto got = hears.answer(names, "provider.example");
    BOOST_TEST(got.error == "");
    BOOST_TEST(got.addresses.size() == 2u);
    BOOST_TEST(got.ttl.count() == 77);
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_an_answer_and_silence_is_none) {
    server.lacks("none.example");
    name_lookup names(server.address(), short_wait);
    const auto none = hears.answer(names, "none.example");
    BOOST_TEST(none.is_definite);
    BOOST_TEST(none.error != "");
    const auto silent = hears.answer(names, "silent.example");
    BOOST_TEST(!silent.is_definite);
    BOOST_TEST(silent.error != "");
}

BOOST_AUTO_TEST_CASE(names_that_cannot_exist_are_not_asked_for) {
    name_lookup names(server.address(), long_wait);
    for (const auto& name : {std::string("no-such-host.invalid"), std::string("invalid"), std::string("x.invalid."),
                             std::string(64, 'a') + ".example"}) {
        BOOST_TEST_CONTEXT(name) BOOST_TEST(hears.answer(names, name).is_definite);
    }
    BOOST_TEST(server.questions() == 0u);
}

BOOST_AUTO_TEST_CASE(dead_names_do_not_delay_a_living_one) {
    server.has("living.example", {"192.0.2.7"}, 60);
    name_lookup names(server.address(), long_wait);
    for (int i = 0; i < 50; ++i) hears.ask(names, "dead-" + std::to_string(i) + ".example");
    hears.ask(names, "living.example");
    BOOST_TEST(hears.wait_for(1).addresses.size() == 1u);
    BOOST_TEST(hears.came.front().first == "living.example");
}

BOOST_AUTO_TEST_CASE(nobody_is_called_after_a_stop) {
    server.has("living.example", {"192.0.2.7"}, 60);
    name_lookup names(server.address(), long_wait);
    hears.ask(names, "dead.example");
    names.stop();
    hears.ask(names, "living.example");
    BOOST_TEST(hears.came.empty());
}

BOOST_AUTO_TEST_CASE(servers_that_are_none_are_refused) {
    BOOST_CHECK_THROW(name_lookup("not a server"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
