// Every set of waits on one socket, with every order of what may come: nobody who is due is forgotten.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <memory>
#include <string>
#include <vector>

#include "net/executor.hpp"
#include "net/plain_stream.hpp"
#include "net/readiness.hpp"
#include "support/core_run.hpp"
#include "support/tcp_listener.hpp"

using namespace ferry;
using namespace ferry::net;
using ferry::test::descriptor;

namespace {

// 'd': bytes come, 'r': there is room to write, 'e': the peer ends.
const std::vector<std::string> orders = {"d",  "r",  "e",  "dr",  "rd",  "re",  "er",  "de",
                                         "ed", "dre", "rde", "erd", "edr", "red", "der", "rr"};

struct one_socket : test::test_core {
    one_socket() {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        stream = plain_stream::open(context, loopback);
        const int small = 4096;
        ::setsockopt(stream->native_handle(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        BOOST_REQUIRE((run(stream->connect(loopback, listener.port())).status == io_status::ok));
        peer = std::make_unique<descriptor>(listener.accept());
        fill();
        turn();
        char byte;
        BOOST_REQUIRE((stream->try_read(std::span(&byte, 1)).status == io_status::would_block));
    }
    // Until the peer's buffer is full too: what it acknowledges makes room again.
    void fill() {
        std::string much(1 << 16, 'x');
        iovec piece{much.data(), much.size()};
        pollfd room{stream->native_handle(), POLLOUT, 0};
        do {
            while (stream->try_write(std::span(&piece, 1)).status == io_status::ok) {
            }
        } while (::poll(&room, 1, 20) > 0);
        turn();
        stream->source().note_no_room();
    }
    void drain() {
        std::vector<char> into(1 << 20);
        while (::recv(peer->get(), into.data(), into.size(), MSG_DONTWAIT) > 0) {
        }
    }
    void happens(char what) {
        if (what == 'd') ::send(peer->get(), "x", 1, MSG_NOSIGNAL);
        if (what == 'r') drain();
        if (what == 'e') ::shutdown(peer->get(), SHUT_WR);
    }

    test::tcp_listener listener;
    std::unique_ptr<plain_stream> stream;
    std::unique_ptr<descriptor> peer;
};

boost::asio::awaitable<void> note_readable(plain_stream& of, bool& told) {
    co_await of.source().until_readable();
    told = true;
}

boost::asio::awaitable<void> note_writable(plain_stream& of, bool& told) {
    co_await of.source().until_writable();
    told = true;
}

// `waits` holds r (a reader), w (a writer), a (a watch). Events come in one turn of the loop, or each in its own.
void check(const std::string& waits, const std::string& events, bool in_one_turn) {
    one_socket it;
    bool reader = false, writer = false, watch = false;
    const bool may_read = events.find_first_of("de") != std::string::npos;
    const bool may_write = events.find('r') != std::string::npos;
    if (waits.find('r') != std::string::npos) it.start(note_readable(*it.stream, reader));
    if (waits.find('w') != std::string::npos) it.start(note_writable(*it.stream, writer));
    if (waits.find('a') != std::string::npos) it.stream->watch([&watch] { watch = true; });
    it.turn();
    BOOST_TEST(!reader);
    BOOST_TEST(!writer);
    BOOST_TEST(!watch);
    for (const char one : events) {
        it.happens(one);
        if (!in_one_turn) it.turn();
    }
    const bool expect_reader = may_read && waits.find('r') != std::string::npos;
    const bool expect_writer = may_write && waits.find('w') != std::string::npos;
    const bool expect_watch = may_read && waits.find('a') != std::string::npos;
    it.run_until([&] { return reader >= expect_reader && writer >= expect_writer && watch >= expect_watch; });
    it.turn();
    BOOST_TEST(reader == expect_reader);
    // An acknowledgement that comes with the peer's bytes may wake a writer too early, which looks for itself.
    BOOST_TEST(writer >= expect_writer);
    BOOST_TEST(watch == expect_watch);
    it.stream->close(false);
    it.turn();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(readiness_orders_suite)

BOOST_AUTO_TEST_CASE(whoever_waits_is_told_whatever_else_came_and_in_which_order) {
    for (const auto* waits : {"r", "w", "a", "rw", "wa", "ra", "rwa"}) {
        for (const auto& events : orders) {
            for (const bool in_one_turn : {true, false}) {
                BOOST_TEST_CONTEXT("waits " << waits << ", events " << events << ", one turn " << in_one_turn) {
                    check(waits, events, in_one_turn);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
