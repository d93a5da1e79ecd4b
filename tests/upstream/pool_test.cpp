#include "upstream/pool.hpp"

#include <sys/socket.h>

#include <vector>

#include "upstream/pool_fixture.hpp"

using namespace ferry;
using namespace ferry::upstream;
using ferry::test::descriptor;

namespace {

struct plain_fixture : testing::pool_fixture {
    options settings;
    pool connections{context, wheel, buffers, lookup, settings};

    fault_code refusal(pool& from, const catalog::endpoint& where, std::chrono::milliseconds within) {
        const auto got = connect(from, where, within);
        BOOST_REQUIRE(got.has_error());
        return got.error().code;
    }
};

constexpr auto long_enough = std::chrono::milliseconds(10'000);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pool_suite, plain_fixture)

BOOST_AUTO_TEST_CASE(a_lease_is_a_connection_that_closes_with_it) {
    descriptor peer;
    {
        auto leased = connect(connections, here);
        BOOST_REQUIRE(leased.has_value());
        peer = listener.accept();
        BOOST_TEST((*leased)->unread().empty());
        BOOST_TEST(connections.status()[0].in_use == 1);
    }
    BOOST_TEST(peer.receive() == "");
    BOOST_TEST(connections.status()[0].in_use == 0);
    BOOST_TEST(idle(connections) == 0);
    BOOST_TEST(!connections.take_idle(here));
}

BOOST_AUTO_TEST_CASE(a_reusable_connection_serves_again) {
    const auto peer = make_idle(connections);
    BOOST_TEST(idle(connections) == 1);
    auto again = connections.take_idle(here);
    BOOST_REQUIRE(again);
    BOOST_TEST(idle(connections) == 0);
    std::vector<iovec> pieces = {net::piece("ping")};
    BOOST_TEST((run(again->stream->write_all(pieces)).status == net::io_status::ok));
    BOOST_TEST(peer.receive() == "ping");
    peer.send("pong");
    BOOST_TEST(run(again->stream->read_some(std::span(again->buffer.data(), again->buffer.size()))).bytes == 4);
    const auto status = connections.status()[0];
    BOOST_TEST(status.opened == 1);
    BOOST_TEST(status.reused == 1);
    BOOST_TEST(status.in_use == 1);
}

BOOST_AUTO_TEST_CASE(the_connection_given_back_last_is_taken_first) {
    auto first = connect(connections, here), second = connect(connections, here);
    const auto first_peer = listener.accept(), second_peer = listener.accept();
    first->mark_reusable();
    second->mark_reusable();
    second->release();
    first->release();
    auto taken = connections.take_idle(here);
    std::vector<iovec> pieces = {net::piece("x")};
    run(taken->stream->write_all(pieces));
    BOOST_TEST(first_peer.receive() == "x");
}

BOOST_AUTO_TEST_CASE(connections_are_not_shared_between_endpoints) {
    const auto peer = make_idle(connections);
    BOOST_TEST(!connections.take_idle(at("http", "localhost", here.port)));
    BOOST_TEST(!connections.take_idle(at("https", "127.0.0.1", here.port)));
    BOOST_TEST(!connections.take_idle(at("http", "127.0.0.2", here.port)));
    BOOST_TEST(!!connections.take_idle(here));
}

BOOST_AUTO_TEST_CASE(L7_an_idle_connection_that_the_peer_closes_is_dropped_unasked) {
    auto peer = make_idle(connections);
    turn();
    BOOST_TEST(idle(connections) == 1);
    peer.close();
    run_until([&] { return idle(connections) == 0; });
}

BOOST_AUTO_TEST_CASE(H15_stray_bytes_on_an_idle_connection_drop_it) {
    const auto peer = make_idle(connections);
    peer.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    run_until([&] { return idle(connections) == 0; });
    // A connection closed with bytes unread is reset: either way it is gone for the peer.
    BOOST_TEST(peer.receive() == "");
}

BOOST_AUTO_TEST_CASE(L7_what_happened_before_the_loop_could_tell_is_seen_when_the_connection_is_taken) {
    auto closed = make_idle(connections);
    const auto stray = make_idle(connections);
    closed.close();
    stray.send("x");
    BOOST_TEST(idle(connections) == 2);
    BOOST_TEST(!connections.take_idle(here));
    BOOST_TEST(idle(connections) == 0);
}

BOOST_AUTO_TEST_CASE(a_leased_connection_is_no_longer_looked_after_as_idle) {
    const auto peer = make_idle(connections);
    turn();
    auto leased = connections.take_idle(here);
    peer.send("answer");
    turn();
    BOOST_REQUIRE(leased->stream->is_open());
    BOOST_TEST(run(leased->stream->read_some(std::span(leased->buffer.data(), leased->buffer.size()))).bytes == 6);
    leased.mark_reusable();
    leased.release();
    turn();
    BOOST_TEST(idle(connections) == 1);
}

BOOST_AUTO_TEST_CASE(no_more_than_idle_per_host_connections_are_kept) {
    settings.idle_per_host = 2;
    pool small(context, wheel, buffers, lookup, settings);
    std::vector<lease> leases;
    std::vector<descriptor> peers;
    for (int i = 0; i < 4; ++i) {
        leases.push_back(std::move(*connect(small, here)));
        leases.back().mark_reusable();
        peers.push_back(listener.accept());
    }
    leases.clear();
    BOOST_TEST(idle(small) == 2);
    settings.idle_per_host = 0;
    pool none(context, wheel, buffers, lookup, settings);
    const auto peer = make_idle(none);
    BOOST_TEST(idle(none) == 0);
    BOOST_TEST(peer.receive() == "");
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_after_idle_timeout) {
    settings.idle_timeout = std::chrono::milliseconds(1);
    pool brief(context, wheel, buffers, lookup, settings);
    const auto peer = make_idle(brief);
    run_until([&] { return idle(brief) == 0; });
    BOOST_TEST(peer.receive() == "");
}

BOOST_AUTO_TEST_CASE(close_idle_leaves_what_is_in_use) {
    const auto idle_peer = make_idle(connections);
    auto used = connect(connections, here);
    const auto used_peer = listener.accept();
    connections.close_idle();
    BOOST_TEST(idle_peer.receive() == "");
    BOOST_TEST((*used)->stream->is_open());
}

BOOST_AUTO_TEST_CASE(a_refused_connection_may_be_tried_again) {
    listener.close();
    const auto got = connect(connections, here);
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::upstream_unreachable));
    BOOST_TEST((got.error().retry == retry_advice::same));
    BOOST_TEST(got.error().for_operator.find("refused") != std::string::npos);
    BOOST_TEST(connections.status()[0].in_use == 0);
}

BOOST_AUTO_TEST_CASE(S5_a_denied_address_is_never_connected_to_however_it_is_written) {
    settings.denied_networks = {"127.0.0.0/8", "::1/128"};
    pool strict(context, wheel, buffers, lookup, settings);
    for (const auto* host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1.2.3"}) {
        BOOST_TEST_CONTEXT(host) {
            const auto got = connect(strict, at("http", host, listener.port()));
            BOOST_REQUIRE(got.has_error());
            BOOST_TEST((got.error().code == fault_code::upstream_unreachable));
            BOOST_TEST((got.error().retry == retry_advice::next_candidate));
            BOOST_TEST(got.error().for_operator.find("denied_networks") != std::string::npos);
        }
    }
    BOOST_TEST(!listener.has_waiting());
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_a_dns_error) {
    service.known["nowhere"] = testing::fails(true);
    BOOST_TEST((refusal(connections, at("http", "nowhere", 80), long_enough) == fault_code::upstream_dns_error));
}

BOOST_AUTO_TEST_CASE(a_connect_that_nobody_accepts_ends_at_its_deadline) {
    // A listener whose backlog is full drops what else arrives.
    const test::tcp_listener full(0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(full.port());
    std::vector<descriptor> fillers;
    for (int i = 0; i < 8; ++i) {
        fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        ::connect(fillers.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
    const auto began = steady::now();
    const auto where = at("http", "127.0.0.1", full.port());
    BOOST_TEST((refusal(connections, where, std::chrono::milliseconds(60)) == fault_code::upstream_connect_timeout));
    BOOST_TEST((steady::now() - began >= std::chrono::milliseconds(60)));
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_ends_the_connect_and_the_pool_lives_on) {
    const auto silent = at("https", "127.0.0.1", listener.port());
    std::optional<result<lease>> got;
    start(test::keep_result(connections.connect(silent, steady::now() + long_enough, slot), got));
    run_until([&] { return listener.has_waiting(); });
    turn();
    BOOST_TEST(!got);
    slot.interrupt();
    run_until([&] { return got.has_value(); });
    BOOST_TEST((got->error().code == fault_code::client_gone));
    net::interrupt_slot next;
    BOOST_TEST(run(connections.connect(here, steady::now() + long_enough, next)).has_value());
}

// Whatever an answer was like, and however far it was read: its connection may be given back, closed and asked about.
BOOST_AUTO_TEST_CASE(H14_every_state_that_an_answer_leaves_a_connection_in_may_be_given_back) {
    for (const std::string answer :
         {"", "HTTP/1.1", "garbage\r\n\r\n", "HTTP/1.1 200 OK\nX: y\n\n",
          "HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 304 \r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\n\r\nto the end",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", "HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"}) {
        for (const bool reusable : {false, true}) {
            BOOST_TEST_CONTEXT(answer) {
                auto leased = connect(connections, here);
                BOOST_REQUIRE(leased.has_value());
                const auto peer = listener.accept();
                auto& c = *leased->operator->();
                std::copy(answer.begin(), answer.end(), c.buffer.data());
                c.end = answer.size();
                const auto head = c.reader.read_head(c.unread());
                piece_list payload;
                if (head && *head == net::http_reader::progress::done) {
                    static_cast<void>(c.reader.read_body(c.unread().substr(c.reader.head_size()), payload));
                }
                static_cast<void>(c.reader.ends_with_connection());
                if (reusable) leased->mark_reusable();
                leased->release();
            }
        }
    }
    connections.close_idle();
    for (const auto& one : connections.status()) BOOST_TEST(one.in_use == 0u);
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_nobody_asks_is_forgotten_and_one_in_use_is_not) {
    settings.forget_after = std::chrono::milliseconds(1);
    pool forgetful(context, wheel, buffers, lookup, settings);
    std::optional<result<lease>> used(connect(forgetful, here));
    BOOST_REQUIRE((*used)->operator->() != nullptr);
    BOOST_TEST(connect(forgetful, at("http", "localhost", listener.port())).has_value());
    BOOST_TEST(forgetful.status().size() == 2u);
    run_until([&] { return forgetful.status().size() == 1u; });
    BOOST_TEST(forgetful.status()[0].label == here.label);
    BOOST_TEST(forgetful.status()[0].in_use == 1u);
    used.reset();
    run_until([&] { return forgetful.status().empty(); });
}

BOOST_AUTO_TEST_CASE(the_address_that_failed_is_tried_last) {
    service.known["two"] = testing::has({"127.0.0.9", "127.0.0.1"});
    const auto two = at("http", "two", listener.port());
    BOOST_TEST(connect(connections, two).has_value());
    listener.accept();
    const test::tcp_listener other(128, "127.0.0.9", listener.port());
    BOOST_TEST(connect(connections, two).has_value());
    BOOST_TEST(!other.has_waiting());
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_says_nothing_about_the_address) {
    service.known["two"] = testing::has({"127.0.0.1", "127.0.0.9"});
    const test::tcp_listener other(128, "127.0.0.9", listener.port());
    const auto silent = at("https", "two", listener.port());
    for (int i = 0; i < 3; ++i) {
        net::interrupt_slot leaving;
        std::optional<result<lease>> got;
        start(test::keep_result(connections.connect(silent, steady::now() + long_enough, leaving), got));
        run_until([&] { return listener.has_waiting() || other.has_waiting(); });
        BOOST_TEST(!other.has_waiting());
        const auto peer = listener.accept();
        leaving.interrupt();
        run_until([&] { return got.has_value(); });
        BOOST_TEST((got->error().code == fault_code::client_gone));
    }
}

BOOST_AUTO_TEST_SUITE_END()
