#include "upstream/connect_race.hpp"

#include <sys/socket.h>

#include <vector>

#include "upstream/pool_fixture.hpp"

using namespace ferry;
using namespace ferry::upstream;
using ferry::test::descriptor;

namespace {

// Swallows what arrives: its backlog is full.
class swallowing_listener {
public:
    swallowing_listener(const char* on, std::uint16_t port) : full_(0, on, port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::inet_addr(on);
        address.sin_port = htons(full_.port());
        for (int i = 0; i < 8; ++i) {
            fillers_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            ::connect(fillers_.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        }
    }

private:
    test::tcp_listener full_;
    std::vector<descriptor> fillers_;
};

struct race_fixture : testing::pool_fixture {
    options settings;
    pool connections{context, wheel, buffers, lookup, settings};

    catalog::endpoint named(std::initializer_list<const char*> addresses) {
        service.known["several"] = testing::has(addresses);
        return at("http", "several", listener.port());
    }
};

std::vector<std::string> ordered(std::initializer_list<const char*> all, const char* first) {
    boost::asio::ip::address worked;
    if (*first != '\0') worked = boost::asio::ip::make_address(first);
    std::vector<std::string> names;
    for (const auto& one : by_turns(testing::has(all).addresses, worked)) names.push_back(one.to_string());
    return names;
}

constexpr auto head_start = std::chrono::milliseconds(250);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connect_race_suite, race_fixture)

BOOST_AUTO_TEST_CASE(the_families_take_turns_behind_the_address_that_worked_last) {
    using names = std::vector<std::string>;
    BOOST_TEST((ordered({"::1", "::2", "10.0.0.1", "10.0.0.2"}, "") == names{"::1", "10.0.0.1", "::2", "10.0.0.2"}));
    BOOST_TEST((ordered({"::1", "::2", "10.0.0.1"}, "10.0.0.1") == names{"10.0.0.1", "::1", "::2"}));
    BOOST_TEST((ordered({"10.0.0.1", "10.0.0.2", "::1"}, "10.0.0.2") == names{"10.0.0.2", "::1", "10.0.0.1"}));
    BOOST_TEST((ordered({"10.0.0.1", "10.0.0.2"}, "10.9.9.9") == names{"10.0.0.1", "10.0.0.2"}));
}

BOOST_AUTO_TEST_CASE(an_address_that_swallows_packets_costs_its_head_start_and_only_once) {
    const swallowing_listener silent("127.0.0.9", listener.port());
    const auto several = named({"127.0.0.9", "127.0.0.1"});
    auto began = steady::now();
    dial_times took;
    const auto first = run(connections.connect(several, began + std::chrono::seconds(10), slot, &took));
    BOOST_TEST(first.has_value());
    BOOST_TEST((steady::now() - began >= head_start));
    BOOST_TEST((steady::now() - began < 8 * head_start));
    BOOST_TEST(took.connect_us >= us_between(began, began + head_start));
    began = steady::now();
    BOOST_TEST(connect(connections, several).has_value());
    BOOST_TEST((steady::now() - began < head_start));
    BOOST_TEST(listener.has_waiting());
}

BOOST_AUTO_TEST_CASE(one_that_refuses_makes_way_at_once) {
    const auto several = named({"127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.1"});
    const auto began = steady::now();
    BOOST_TEST(connect(connections, several).has_value());
    BOOST_TEST((steady::now() - began < head_start));
}

BOOST_AUTO_TEST_CASE(who_is_slower_is_closed_and_an_address_that_is_denied_takes_no_part) {
    settings.denied_networks = {"127.0.0.8/32"};
    pool strict(context, wheel, buffers, lookup, settings);
    const test::tcp_listener denied(128, "127.0.0.8", listener.port()), third(128, "127.0.0.7", listener.port());
    const swallowing_listener silent("127.0.0.9", listener.port());
    const auto several = named({"127.0.0.8", "127.0.0.9", "127.0.0.1", "127.0.0.7"});
    BOOST_TEST(connect(strict, several).has_value());
    BOOST_TEST(listener.has_waiting());
    BOOST_TEST(!denied.has_waiting());
    BOOST_TEST(!third.has_waiting());
}

BOOST_AUTO_TEST_CASE(when_all_fail_the_last_of_them_is_told) {
    const auto several = named({"127.0.0.8", "127.0.0.9"});
    const auto got = connect(connections, several);
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::upstream_unreachable));
    BOOST_TEST(got.error().for_operator.find("127.0.0.9: Connection refused") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_time_of_the_connect_bounds_the_race) {
    const swallowing_listener eight("127.0.0.8", listener.port()), nine("127.0.0.9", listener.port());
    const auto several = named({"127.0.0.8", "127.0.0.9"});
    const auto began = steady::now();
    const auto got = connect(connections, several, std::chrono::milliseconds(60));
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::upstream_connect_timeout));
    BOOST_TEST((steady::now() - began < head_start));
    BOOST_TEST(got.error().for_operator.find("no answer in time") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_ends_the_race) {
    const swallowing_listener eight("127.0.0.8", listener.port()), nine("127.0.0.9", listener.port());
    const auto several = named({"127.0.0.8", "127.0.0.9"});
    net::interrupt_slot leaving;
    std::optional<result<lease>> got;
    const auto until = steady::now() + std::chrono::seconds(10);
    start(test::keep_result(connections.connect(several, until, leaving), got));
    turn();
    BOOST_TEST(!got);
    leaving.interrupt();
    run_until([&] { return got.has_value(); });
    BOOST_TEST((got->error().code == fault_code::client_gone));
}

// The winner of the race is not yet one that answers.
BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_leaves_time_for_the_others) {
    service.known["several"] = testing::has({"127.0.0.1", "127.0.0.9"});
    const auto several = at("https", "several", listener.port());
    const auto got = connect(connections, several, std::chrono::milliseconds(200));
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST(listener.has_waiting());
    BOOST_TEST(got.error().for_operator.find("127.0.0.9: Connection refused") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
