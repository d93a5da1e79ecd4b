#include "net/byte_stream.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <cerrno>
#include <numeric>
#include <vector>

#include "net/plain_stream.hpp"
#include "support/core_run.hpp"
#include "support/tcp_listener.hpp"

using namespace ferry;
using namespace ferry::net;
using ferry::test::descriptor;

namespace {

struct stream_fixture : test::test_core {
    // A stream and the other end of its connection.
    std::pair<std::unique_ptr<plain_stream>, descriptor> unix_pair() {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return {std::make_unique<plain_stream>(owned_socket(context, ends[0], false)), descriptor(ends[1])};
    }
    std::pair<std::unique_ptr<plain_stream>, descriptor> tcp_pair() {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        auto stream = plain_stream::open(context, loopback);
        const auto connected = run(stream->connect(loopback, listener.port()));
        BOOST_REQUIRE((connected.status == io_status::ok));
        return {std::move(stream), listener.accept()};
    }
    io_result read(byte_stream& from) { return run(from.read_some(std::span(buffer))); }
    std::string_view bytes(const io_result& got) const { return {buffer.data(), got.bytes}; }

    test::tcp_listener listener;
    std::vector<char> buffer = std::vector<char>(4096);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(byte_stream_suite, stream_fixture)

BOOST_AUTO_TEST_CASE(bytes_come_as_they_are_sent_and_the_end_is_told) {
    auto [stream, peer] = tcp_pair();
    BOOST_TEST((stream->try_read(std::span(buffer)).status == io_status::would_block));
    peer.send("hello");
    const auto got = read(*stream);
    BOOST_TEST((got.status == io_status::ok));
    BOOST_TEST(bytes(got) == "hello");
    peer.close();
    BOOST_TEST((read(*stream).status == io_status::eof));
    BOOST_TEST((stream->try_read(std::span(buffer)).status == io_status::eof));
}

BOOST_AUTO_TEST_CASE(a_read_waits_for_the_first_byte) {
    auto [stream, peer] = tcp_pair();
    std::optional<io_result> got;
    start(test::keep_result(stream->read_some(std::span(buffer)), got));
    turn();
    BOOST_TEST(!got);
    peer.send("x");
    run_until([&] { return got.has_value(); });
    BOOST_TEST(bytes(*got) == "x");
}

BOOST_AUTO_TEST_CASE(a_gathered_write_arrives_in_order_whatever_the_kernel_takes_at_a_time) {
    auto [stream, peer] = unix_pair();
    // More pieces than one call takes, more bytes than the socket holds, empty ones between.
    std::vector<std::string> texts;
    for (int i = 0; i < 150; ++i)
        texts.push_back(i % 7 == 0 ? std::string() : std::string(20'000 + i, char('a' + i % 26)));
    std::vector<iovec> pieces;
    std::string expected;
    for (const auto& text : texts) {
        pieces.push_back(piece(text));
        expected += text;
    }
    std::optional<io_result> written;
    start(test::keep_result(stream->write_all(pieces), written));
    turn();
    BOOST_TEST(!written);
    std::string received;
    while (received.size() < expected.size()) {
        received += peer.receive(10'000);
        turn();
    }
    run_until([&] { return written.has_value(); });
    BOOST_TEST((received == expected));
    BOOST_TEST((written->status == io_status::ok));
    BOOST_TEST(written->bytes == expected.size());
}

BOOST_AUTO_TEST_CASE(writing_nothing_is_done_at_once) {
    auto [stream, peer] = unix_pair();
    std::vector<iovec> pieces = {piece(""), piece("")};
    const auto written = run(stream->write_all(pieces));
    BOOST_TEST((written.status == io_status::ok));
    BOOST_TEST(written.bytes == 0);
}

BOOST_AUTO_TEST_CASE(a_write_to_a_peer_that_has_gone_fails_without_a_signal) {
    auto [stream, peer] = unix_pair();
    peer.close();
    std::vector<iovec> pieces = {piece("x")};
    const auto written = run(stream->write_all(pieces));
    BOOST_TEST((written.status == io_status::failed));
    BOOST_TEST(written.error == EPIPE);
}

BOOST_AUTO_TEST_CASE(an_interruption_ends_the_wait_and_those_to_come_until_resumed) {
    auto [stream, peer] = tcp_pair();
    std::optional<io_result> got;
    start(test::keep_result(stream->read_some(std::span(buffer)), got));
    turn();
    stream->interrupt();
    run_until([&] { return got.has_value(); });
    BOOST_TEST((got->status == io_status::interrupted));
    peer.send("late");
    BOOST_TEST((read(*stream).status == io_status::interrupted));
    stream->resume();
    const auto again = read(*stream);
    BOOST_TEST((again.status == io_status::ok));
    BOOST_TEST(bytes(again) == "late");
}

BOOST_AUTO_TEST_CASE(an_interruption_ends_a_write_that_waits) {
    auto [stream, peer] = unix_pair();
    const std::string much(4 << 20, 'x');
    std::vector<iovec> pieces = {piece(much)};
    std::optional<io_result> written;
    start(test::keep_result(stream->write_all(pieces), written));
    turn();
    BOOST_TEST(!written);
    stream->interrupt();
    run_until([&] { return written.has_value(); });
    BOOST_TEST((written->status == io_status::interrupted));
    BOOST_TEST(written->bytes > 0);
    BOOST_TEST(written->bytes < much.size());
}

BOOST_AUTO_TEST_CASE(a_watch_calls_once_for_bytes_and_for_an_end) {
    auto [stream, peer] = tcp_pair();
    int called = 0;
    stream->watch([&] { ++called; });
    turn();
    BOOST_TEST(called == 0);
    peer.send("x");
    run_until([&] { return called > 0; });
    peer.send("y");
    turn();
    BOOST_TEST(called == 1);
    BOOST_TEST(bytes(read(*stream)) == "xy");
    stream->watch([&] { ++called; });
    peer.close();
    run_until([&] { return called > 1; });
    BOOST_TEST((read(*stream).status == io_status::eof));
}

BOOST_AUTO_TEST_CASE(a_watch_may_be_set_again_from_its_own_call) {
    auto [stream, peer] = tcp_pair();
    int called = 0;
    stream->watch([&, s = stream.get()] {
        ++called;
        s->watch([&] { called += 10; });
    });
    peer.send("x");
    run_until([&] { return called > 1; });
    BOOST_TEST(called == 11);
}

BOOST_AUTO_TEST_CASE(a_later_watch_replaces_an_earlier_and_unwatch_forgets_it) {
    auto [stream, peer] = tcp_pair();
    int first = 0, second = 0;
    stream->watch([&] { ++first; });
    turn();
    stream->unwatch();
    stream->watch([&] { ++second; });
    peer.send("x");
    run_until([&] { return second > 0; });
    BOOST_TEST(first == 0);
    stream->watch([&] { ++first; });
    stream->unwatch();
    turn();
    BOOST_TEST(first == 0);
}

BOOST_AUTO_TEST_CASE(a_watch_of_a_closed_or_destroyed_stream_is_never_called) {
    auto [closed, closed_peer] = tcp_pair();
    auto [destroyed, destroyed_peer] = tcp_pair();
    int called = 0;
    closed->watch([&] { ++called; });
    destroyed->watch([&] { ++called; });
    turn();
    closed_peer.send("x");
    destroyed_peer.send("x");
    closed->close(false);
    destroyed.reset();
    turn();
    BOOST_TEST(called == 0);
}

BOOST_AUTO_TEST_CASE(an_orderly_close_is_an_end_and_an_abortive_one_a_reset) {
    auto [orderly, at_end] = tcp_pair();
    orderly->close(false);
    BOOST_TEST(!orderly->is_open());
    char byte = 0;
    BOOST_TEST(::recv(at_end.get(), &byte, 1, 0) == 0);
    auto [abortive, reset] = tcp_pair();
    abortive->close(true);
    BOOST_TEST(::recv(reset.get(), &byte, 1, 0) == -1);
    BOOST_TEST(errno == ECONNRESET);
}

BOOST_AUTO_TEST_CASE(a_reset_by_the_peer_reads_as_failed_and_not_as_an_end) {
    auto [stream, peer] = tcp_pair();
    const linger now{1, 0};
    ::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    peer.close();
    const auto got = read(*stream);
    BOOST_TEST((got.status == io_status::failed));
    BOOST_TEST(got.error == ECONNRESET);
}

BOOST_AUTO_TEST_CASE(after_shutting_down_writes_the_peer_sees_the_end_and_reading_goes_on) {
    auto [stream, peer] = tcp_pair();
    stream->shut_down_writes();
    BOOST_TEST(peer.receive() == "");
    peer.send("rest");
    BOOST_TEST(bytes(read(*stream)) == "rest");
}

BOOST_AUTO_TEST_CASE(a_refused_connection_carries_its_errno) {
    const auto loopback = boost::asio::ip::address_v4::loopback();
    auto stream = plain_stream::open(context, loopback);
    listener.close();
    const auto connected = run(stream->connect(loopback, listener.port()));
    BOOST_TEST((connected.status == io_status::failed));
    BOOST_TEST(connected.error == ECONNREFUSED);
}

BOOST_AUTO_TEST_CASE(the_peer_has_an_address) {
    BOOST_TEST(tcp_pair().first->peer_address() == "127.0.0.1");
    BOOST_TEST(unix_pair().first->peer_address() == "unix");
}

BOOST_AUTO_TEST_SUITE_END()
