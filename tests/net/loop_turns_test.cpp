#include "net/loop_turns.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "net/executor.hpp"
#include "net/plain_stream.hpp"
#include "support/core_run.hpp"

using namespace ferry;
using namespace ferry::net;

namespace {

struct noted_turns final : turn_listener {
    void waited(steady::duration length, steady::time_point) override { lengths.push_back(length); }
    std::vector<steady::duration> lengths;
};

// Sockets that wait to be read; who was, is noted by its number.
struct turns_fixture : test::test_core {
    ~turns_fixture() {
        for (const int peer : peers) ::close(peer);
    }

    void open(int count) {
        for (int i = 0; i < count; ++i) {
            std::array<int, 2> ends{};
            BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
            peers.push_back(ends[1]);
            streams.push_back(std::make_unique<plain_stream>(owned_socket(context, ends[0], false)));
            start(note(*streams.back(), static_cast<int>(peers.size()) - 1));
        }
        turn();
    }
    void write_to_all() {
        for (const int peer : peers) BOOST_REQUIRE(::write(peer, "x", 1) == 1);
    }
    boost::asio::awaitable<void> note(plain_stream& from, int number) {
        for (;;) {
            co_await from.source().until_readable();
            std::array<char, 8> into;
            if (from.try_read(std::span(into)).bytes == 0) continue;
            order.push_back(number);
            const auto until = steady::now() + takes;
            while (steady::now() < until) continue;
        }
    }
    void until_all_ran() {
        run_until([this] { return order.size() == peers.size(); });
    }
    std::size_t place_of(int number) const {
        return static_cast<std::size_t>(std::find(order.begin(), order.end(), number) - order.begin());
    }

    noted_turns noted;
    std::vector<int> peers, order;
    std::vector<std::unique_ptr<plain_stream>> streams;
    steady::duration takes{0};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(loop_turns_suite, turns_fixture)

BOOST_AUTO_TEST_CASE(turns_of_few_are_not_timed_and_those_of_many_are_with_the_first_that_is_not) {
    listen_to_turns(context, noted);
    open(10);
    write_to_all();
    until_all_ran();
    BOOST_TEST(noted.lengths.empty());
    open(290);
    order.clear();
    takes = microseconds(50);
    write_to_all();
    until_all_ran();
    BOOST_REQUIRE(!noted.lengths.empty());
    // All of them ran in one turn: none was left unknown in the kernel.
    const auto longest = *std::max_element(noted.lengths.begin(), noted.lengths.end());
    BOOST_TEST((longest >= 300 * takes));
    BOOST_REQUIRE(::write(peers.front(), "x", 1) == 1);
    run_until([this] { return order.size() > peers.size(); });
    BOOST_TEST((noted.lengths.back() == steady::duration(0)));
}

BOOST_AUTO_TEST_CASE(while_hurried_who_goes_first_runs_before_all_that_came_before_it) {
    open(300);
    streams[299]->source().goes_first();
    write_to_all();
    until_all_ran();
    BOOST_TEST(place_of(299) > 200u);
    order.clear();
    hurry(context, true);
    write_to_all();
    until_all_ran();
    BOOST_TEST(place_of(299) == 0u);
}

BOOST_AUTO_TEST_CASE(while_hurried_others_take_turns_a_few_at_a_time_and_one_of_them_is_timed) {
    listen_to_turns(context, noted);
    open(300);
    streams[0]->source().goes_first();
    hurry(context, true);
    takes = microseconds(100);
    write_to_all();
    run_until([this] { return order.size() > 64; });
    BOOST_REQUIRE(order.size() < 150u);
    // It comes while others wait for their turn.
    BOOST_REQUIRE(::write(peers.front(), "x", 1) == 1);
    run_until([this] { return order.size() == peers.size() + 1; });
    BOOST_TEST((std::find(order.begin() + 1, order.end(), 0) - order.begin()) < 280);
    turn();
    BOOST_TEST((*std::max_element(noted.lengths.begin(), noted.lengths.end()) >= 100 * takes));
    hurry(context, false);
    order.clear();
    write_to_all();
    until_all_ran();
}

BOOST_AUTO_TEST_SUITE_END()
