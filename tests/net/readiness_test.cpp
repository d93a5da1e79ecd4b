#include "net/readiness.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <memory>
#include <string>
#include <vector>

#include "net/executor.hpp"
#include "net/plain_stream.hpp"
#include "support/core_run.hpp"
#include "support/tcp_listener.hpp"

using namespace ferry;
using namespace ferry::net;
using ferry::test::descriptor;

namespace {

struct readiness_fixture : test::test_core {
    std::pair<std::unique_ptr<plain_stream>, descriptor> tcp_pair() {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        auto stream = plain_stream::open(context, loopback);
        BOOST_REQUIRE((run(stream->connect(loopback, listener.port())).status == io_status::ok));
        return {std::move(stream), listener.accept()};
    }
    std::string read(byte_stream& from, std::size_t room = 4096) {
        std::vector<char> into(room);
        const auto got = run(from.read_some(std::span(into)));
        BOOST_TEST((got.status == io_status::ok));
        return {into.data(), got.bytes};
    }

    test::tcp_listener listener;
};

boost::asio::awaitable<void> note_turns(byte_stream& stream, std::string& told, std::string name) {
    told += name + " begins, ";
    co_await stream.source().until_turn_ends();
    told += name + " ends, ";
}

boost::asio::awaitable<void> read_for_ever(byte_stream& from, std::size_t& total) {
    std::array<char, 64> into;
    for (;;) {
        const auto got = co_await from.read_some(std::span(into));
        if (got.status != io_status::ok) co_return;
        total += got.bytes;
    }
}

boost::asio::awaitable<void> wait_for_ever(std::unique_ptr<byte_stream> from, std::shared_ptr<int> alive) {
    std::array<char, 64> into;
    co_await from->read_some(std::span(into));
    *alive = 0;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(readiness_suite, readiness_fixture)

BOOST_AUTO_TEST_CASE(a_read_that_emptied_the_socket_is_not_tried_again_until_bytes_come) {
    auto [stream, peer] = tcp_pair();
    peer.send("one");
    BOOST_TEST(read(*stream) == "one");
    turn();
    BOOST_TEST(!stream->may_read());
    peer.send("two");
    run_until([&, s = stream.get()] { return s->may_read(); });
    BOOST_TEST(read(*stream) == "two");
    BOOST_TEST(!stream->may_read());
    peer.close();
    run_until([&, s = stream.get()] { return s->may_read(); });
}

BOOST_AUTO_TEST_CASE(a_read_that_filled_its_room_is_tried_again) {
    auto [stream, peer] = tcp_pair();
    peer.send("onetwo");
    BOOST_TEST(read(*stream, 3) == "one");
    BOOST_TEST(stream->may_read());
    BOOST_TEST(read(*stream, 3) == "two");
}

BOOST_AUTO_TEST_CASE(an_end_that_came_with_the_last_bytes_is_not_overlooked) {
    auto [stream, peer] = tcp_pair();
    peer.send("last");
    peer.close();
    BOOST_TEST(read(*stream) == "last");
    std::array<char, 8> into;
    BOOST_TEST((run(stream->read_some(std::span(into))).status == io_status::eof));
}

// The kernel ends a read where the sender's credentials change, whatever is behind.
BOOST_AUTO_TEST_CASE(bytes_behind_a_short_read_of_a_unix_socket_are_not_overlooked) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    plain_stream stream(owned_socket(context, ends[0], false));
    const descriptor peer(ends[1]);
    BOOST_REQUIRE(::send(ends[1], "one", 3, 0) == 3);
    BOOST_TEST(read(stream) == "one");
    BOOST_TEST(stream.may_read());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_turn_comes_after_all_that_is_ready_in_it) {
    auto [first, first_peer] = tcp_pair();
    auto [second, second_peer] = tcp_pair();
    std::string told;
    start(note_turns(*first, told, "first"));
    start(note_turns(*second, told, "second"));
    turn();
    BOOST_TEST(told == "first begins, second begins, first ends, second ends, ");
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_stops_sending_leaves_others_their_turn) {
    auto [stream, peer] = tcp_pair();
    std::size_t total = 0;
    peer.send(std::string(64 * 1000, 'x'));
    start(read_for_ever(*stream, total));
    std::size_t when_run = 0;
    post_to(context, [&] { when_run = total; });
    run_until([&] { return total == 64 * 1000; });
    BOOST_TEST(when_run < 64 * 1000);
    stream->close(false);
    turn();
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_closed_ends_the_wait_of_its_reader) {
    auto [stream, peer] = tcp_pair();
    std::array<char, 8> into;
    std::optional<io_result> got;
    start(test::keep_result(stream->read_some(std::span(into)), got));
    turn();
    BOOST_TEST(!got);
    stream->close(false);
    run_until([&] { return got.has_value(); });
    BOOST_TEST((got->status == io_status::interrupted));
}

BOOST_AUTO_TEST_CASE(who_still_waits_when_the_core_ends_is_destroyed) {
    const auto alive = std::make_shared<int>(1);
    {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        test::test_core core;
        auto stream = plain_stream::open(core.context, loopback);
        BOOST_REQUIRE((core.run(stream->connect(loopback, listener.port())).status == io_status::ok));
        core.start(wait_for_ever(std::move(stream), alive));
        core.turn();
        BOOST_TEST(alive.use_count() == 2);
    }
    BOOST_TEST(alive.use_count() == 1);
    BOOST_TEST(*alive == 1);
}

BOOST_AUTO_TEST_SUITE_END()
