#include <vector>

#include "support/tls_peer.hpp"
#include "upstream/pool_fixture.hpp"

using namespace ferry;
using namespace ferry::upstream;
using ferry::test::certificate;
using ferry::test::descriptor;
using ferry::test::tls_peer;

namespace {

// Answers each request until the client closes.
void answer_all(SSL* ssl, descriptor&) {
    while (!test::hear(ssl).empty()) test::say(ssl, "answer");
}

void answer_and_cut(SSL* ssl, descriptor& peer) {
    test::hear(ssl);
    test::say(ssl, "ans");
    peer.close();
}

struct tls_pool_fixture : testing::pool_fixture {
    certificate good{"DNS:localhost"};
    options settings = trusting(good);

    static options trusting(const certificate& one) {
        options made;
        made.ca_file = one.file();
        return made;
    }
    net::io_result ask(lease& over) {
        std::vector<iovec> pieces = {net::piece("question")};
        BOOST_REQUIRE((run(over->stream->write_all(pieces)).status == net::io_status::ok));
        return read(over);
    }
    net::io_result read(lease& over) {
        return run(over->stream->read_some(std::span(over->buffer.data(), over->buffer.size())));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_pool_suite, tls_pool_fixture)

BOOST_AUTO_TEST_CASE(a_verified_connection_is_reused_although_session_tickets_made_it_readable) {
    tls_peer peer(good, answer_all);
    pool connections(context, wheel, buffers, lookup, settings);
    const auto there = at("https", "localhost", peer.port());
    auto leased = connect(connections, there);
    BOOST_REQUIRE(leased.has_value());
    BOOST_TEST(ask(*leased).bytes == 6);
    leased->mark_reusable();
    leased->release();
    turn();
    auto again = connections.take_idle(there);
    BOOST_REQUIRE(again);
    BOOST_TEST(ask(again).bytes == 6);
}

BOOST_AUTO_TEST_CASE(S12_a_wrong_host_and_an_unknown_authority_are_refused) {
    const certificate other("DNS:elsewhere.example");
    tls_peer misnamed(other, answer_all), unknown(good, answer_all);
    pool trusting_other(context, wheel, buffers, lookup, trusting(other));
    for (const auto port : {misnamed.port(), unknown.port()}) {
        const auto got = connect(trusting_other, at("https", "localhost", port));
        BOOST_REQUIRE(got.has_error());
        BOOST_TEST((got.error().code == fault_code::upstream_tls_error));
    }
    BOOST_TEST(trusting_other.status()[0].opened == 0);
}

BOOST_AUTO_TEST_CASE(S12_a_host_no_certificate_can_be_checked_against_gets_no_connection) {
    tls_peer peer(good, answer_all);
    pool connections(context, wheel, buffers, lookup, settings);
    auto unchecked = at("https", "localhost", peer.port());
    unchecked.sni.clear();  // as if the name were an address
    const auto got = connect(connections, unchecked);
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::upstream_tls_error));
    BOOST_TEST(connections.status()[0].in_use == 0);
}

BOOST_AUTO_TEST_CASE(a_refused_certificate_is_told_although_another_address_refuses_the_connection) {
    const certificate other("DNS:elsewhere.example");
    tls_peer unknown(other, answer_all);
    pool connections(context, wheel, buffers, lookup, settings);
    service.known["localhost"] = testing::has({"127.0.0.1", "127.0.0.9"});
    const auto got = connect(connections, at("https", "localhost", unknown.port()));
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::upstream_tls_error));
}

BOOST_AUTO_TEST_CASE(S12_a_truncated_answer_reads_as_failed) {
    tls_peer peer(good, answer_and_cut);
    pool connections(context, wheel, buffers, lookup, settings);
    auto leased = connect(connections, at("https", "localhost", peer.port()));
    BOOST_REQUIRE(leased.has_value());
    BOOST_TEST(ask(*leased).bytes == 3);
    BOOST_TEST((read(*leased).status == net::io_status::failed));
}

BOOST_AUTO_TEST_CASE(an_idle_connection_that_the_peer_ends_is_dropped) {
    tls_peer peer(good, [](SSL* ssl, descriptor&) {
        test::hear(ssl);
        test::say(ssl, "answer");
        SSL_shutdown(ssl);
    });
    pool connections(context, wheel, buffers, lookup, settings);
    auto leased = connect(connections, at("https", "localhost", peer.port()));
    BOOST_TEST(ask(*leased).bytes == 6);
    leased->mark_reusable();
    leased->release();
    run_until([&] { return idle(connections) == 0; });
}

BOOST_AUTO_TEST_CASE(the_second_connection_to_an_endpoint_resumes_its_session) {
    tls_peer peer(good, answer_all);
    pool connections(context, wheel, buffers, lookup, settings);
    const auto there = at("https", "localhost", peer.port());
    for (int i = 0; i < 2; ++i) {
        auto leased = connect(connections, there);
        BOOST_REQUIRE(leased.has_value());
        BOOST_TEST(ask(*leased).bytes == 6);
    }
    const auto seen = peer.connections();
    BOOST_REQUIRE(seen.size() == 2);
    BOOST_TEST(!seen[0].resumed);
    BOOST_TEST(seen[1].resumed);
}

BOOST_AUTO_TEST_CASE(a_handshake_nobody_answers_ends_at_the_deadline_of_the_connect) {
    pool connections(context, wheel, buffers, lookup, settings);
    const auto silent = at("https", "127.0.0.1", listener.port());
    const auto got = connect(connections, silent, std::chrono::milliseconds(50));
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::upstream_connect_timeout));
}

BOOST_AUTO_TEST_SUITE_END()
