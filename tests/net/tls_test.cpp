#include "net/tls.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <vector>

#include "support/core_run.hpp"
#include "support/tls_peer.hpp"

using namespace ferry;
using namespace ferry::net;
using ferry::test::certificate;
using ferry::test::descriptor;
using ferry::test::hear;
using ferry::test::say;
using ferry::test::tls_peer;

namespace {

void answer_and_close(SSL* ssl, descriptor&) {
    hear(ssl);
    say(ssl, "answer");
    SSL_shutdown(ssl);
}

void answer_and_cut(SSL* ssl, descriptor& peer) {
    hear(ssl);
    say(ssl, "ans");
    peer.close();
}

struct tls_fixture : test::test_core {
    std::unique_ptr<tls_stream> connect(tls_client& client, std::uint16_t port, const std::string& sni,
                                        const std::string& host) {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        auto plain = plain_stream::open(context, loopback);
        BOOST_REQUIRE((run(plain->connect(loopback, port)).status == io_status::ok));
        auto secured = std::move(*client.wrap(plain->release_socket(), sni, host, slot));
        failure = run(secured->handshake());
        return secured;
    }
    // Asks once and reads to the end, whatever that is.
    std::string ask(tls_stream& stream) {
        std::vector<iovec> pieces = {piece("ques"), piece(""), piece("tion")};
        BOOST_REQUIRE((run(stream.write_all(pieces)).status == io_status::ok));
        std::string text;
        std::vector<char> buffer(1024);
        for (;;) {
            const auto got = run(stream.read_some(std::span(buffer)));
            end = got.status;
            if (end != io_status::ok) return text;
            text.append(buffer.data(), got.bytes);
        }
    }
    bool refused_as_tls_error() const { return failure && failure->code == fault_code::upstream_tls_error; }

    std::shared_ptr<tls_session_slot> slot = std::make_shared<tls_session_slot>();
    std::optional<fault> failure;
    io_status end = io_status::ok;
};

tls_settings trusting(const certificate& one) {
    tls_settings settings;
    settings.ca_file = one.file();
    return settings;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_suite, tls_fixture)

BOOST_AUTO_TEST_CASE(a_verified_peer_is_talked_to_and_its_close_is_an_end) {
    const certificate good("DNS:localhost,IP:127.0.0.1");
    tls_peer peer(good, answer_and_close);
    tls_client client(trusting(good));
    const auto stream = connect(client, peer.port(), "localhost", "localhost");
    BOOST_REQUIRE(!failure);
    BOOST_TEST(ask(*stream) == "answer");
    BOOST_TEST((end == io_status::eof));
    BOOST_REQUIRE(peer.connections().size() == 1);
    BOOST_TEST(peer.connections()[0].sni == "localhost");
}

BOOST_AUTO_TEST_CASE(an_address_literal_is_verified_as_an_address_and_sends_no_name) {
    const certificate good("DNS:localhost,IP:127.0.0.1");
    tls_peer peer(good, answer_and_close);
    tls_client client(trusting(good));
    const auto stream = connect(client, peer.port(), "", "127.0.0.1");
    BOOST_REQUIRE(!failure);
    BOOST_TEST(ask(*stream) == "answer");
    BOOST_TEST(peer.connections()[0].sni == "");
}

BOOST_AUTO_TEST_CASE(S12_a_host_no_certificate_can_be_checked_against_is_not_connected_to) {
    const certificate good("DNS:localhost,IP:127.0.0.1");
    tls_peer peer(good, answer_and_close);
    tls_client client(trusting(good));
    for (const std::string host : {"localhost", "", "127.0.0.1.", "127.1", "fe80::1%lo"}) {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        auto plain = plain_stream::open(context, loopback);
        BOOST_REQUIRE((run(plain->connect(loopback, peer.port())).status == io_status::ok));
        const auto secured = client.wrap(plain->release_socket(), "", host, slot);
        BOOST_TEST_CONTEXT("'" << host << "' as an address") {
            BOOST_REQUIRE(secured.has_error());
            BOOST_TEST((secured.error().code == fault_code::upstream_tls_error));
            BOOST_TEST((secured.error().retry == retry_advice::next_candidate));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_connection_that_failed_is_closed_without_a_word_and_leaves_no_error_behind) {
    const certificate good("DNS:localhost"), unknown("DNS:localhost");
    tls_peer peer(unknown, answer_and_close);
    tls_client client(trusting(good));
    const auto stream = connect(client, peer.port(), "localhost", "localhost");
    BOOST_REQUIRE(refused_as_tls_error());
    char byte;
    BOOST_TEST((stream->try_read(std::span(&byte, 1)).status == io_status::failed));
    stream->shut_down_writes();
    BOOST_TEST(ERR_peek_error() == 0u);
    stream->close(false);
    BOOST_TEST(ERR_peek_error() == 0u);
    BOOST_TEST(!stream->is_open());
    BOOST_TEST((stream->read_now(std::span(&byte, 1)).status == io_status::interrupted));
}

BOOST_AUTO_TEST_CASE(a_name_with_a_last_dot_is_verified_without_it) {
    const certificate good("DNS:localhost");
    tls_peer peer(good, answer_and_close);
    tls_client client(trusting(good));
    const auto stream = connect(client, peer.port(), "localhost", "localhost.");
    BOOST_REQUIRE(!failure);
    BOOST_TEST(ask(*stream) == "answer");
}

BOOST_AUTO_TEST_CASE(S12_certificates_that_prove_nothing_are_refused) {
    const certificate good("DNS:localhost,IP:127.0.0.1"), unknown("DNS:localhost"), expired("DNS:localhost", -60),
        partial("DNS:local*.example.com");
    const struct {
        std::string_view why;
        const certificate& shown;
        const certificate& trusted;
        std::string sni, host;
    } cases[] = {
        {"self-signed", unknown, good, "localhost", "localhost"},
        {"expired", expired, expired, "localhost", "localhost"},
        {"another name", good, good, "other.example", "other.example"},
        {"another address", good, good, "", "127.0.0.2"},
        {"an address where a name is shown", unknown, unknown, "", "127.0.0.1"},
        {"a partial wildcard", partial, partial, "localhost.example.com", "localhost.example.com"},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.why) {
            tls_peer peer(one.shown, answer_and_close);
            tls_client client(trusting(one.trusted));
            connect(client, peer.port(), one.sni, one.host);
            BOOST_TEST(refused_as_tls_error());
            BOOST_TEST((failure->retry == retry_advice::next_candidate));
        }
    }
    // The system's authorities do not know it either.
    tls_peer peer(good, answer_and_close);
    tls_client client{tls_settings()};
    connect(client, peer.port(), "localhost", "localhost");
    BOOST_TEST(refused_as_tls_error());
}

BOOST_AUTO_TEST_CASE(only_the_operator_can_switch_verification_off) {
    const certificate unknown("DNS:elsewhere");
    tls_peer peer(unknown, answer_and_close);
    tls_settings settings;
    settings.verify = false;
    tls_client client(settings);
    const auto stream = connect(client, peer.port(), "localhost", "localhost");
    BOOST_REQUIRE(!failure);
    BOOST_TEST(ask(*stream) == "answer");
}

BOOST_AUTO_TEST_CASE(S12_a_connection_cut_without_close_notify_reads_as_failed) {
    const certificate good("DNS:localhost");
    tls_peer peer(good, answer_and_cut);
    tls_client client(trusting(good));
    const auto stream = connect(client, peer.port(), "localhost", "localhost");
    BOOST_REQUIRE(!failure);
    BOOST_TEST(ask(*stream) == "ans");
    BOOST_TEST((end == io_status::failed));
}

BOOST_AUTO_TEST_CASE(S12_a_peer_that_speaks_no_TLS_is_refused) {
    const test::tcp_listener listener;
    const auto loopback = boost::asio::ip::address_v4::loopback();
    auto plain = plain_stream::open(context, loopback);
    BOOST_REQUIRE((run(plain->connect(loopback, listener.port())).status == io_status::ok));
    const auto peer = listener.accept();
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    tls_client client{tls_settings()};
    auto secured = std::move(*client.wrap(plain->release_socket(), "localhost", "localhost", slot));
    failure = run(secured->handshake());
    BOOST_TEST(refused_as_tls_error());
}

BOOST_AUTO_TEST_CASE(the_second_connection_resumes_the_session_of_the_first) {
    const certificate good("DNS:localhost");
    tls_peer peer(good, answer_and_close);
    tls_client client(trusting(good));
    for (int i = 0; i < 3; ++i) {
        const auto stream = connect(client, peer.port(), "localhost", "localhost");
        BOOST_REQUIRE(!failure);
        BOOST_TEST(ask(*stream) == "answer");
    }
    const auto seen = peer.connections();
    BOOST_REQUIRE(seen.size() == 3);
    BOOST_TEST(!seen[0].resumed);
    BOOST_TEST(seen[1].resumed);
    BOOST_TEST(seen[2].resumed);
}

BOOST_AUTO_TEST_CASE(an_interruption_ends_a_handshake_nobody_answers) {
    const test::tcp_listener silent;
    const auto loopback = boost::asio::ip::address_v4::loopback();
    auto plain = plain_stream::open(context, loopback);
    BOOST_REQUIRE((run(plain->connect(loopback, silent.port())).status == io_status::ok));
    tls_client client{tls_settings()};
    auto secured = std::move(*client.wrap(plain->release_socket(), "localhost", "localhost", slot));
    std::optional<std::optional<fault>> done;
    start(test::keep_result(secured->handshake(), done));
    turn();
    BOOST_TEST(!done);
    secured->interrupt();
    run_until([&] { return done.has_value(); });
    BOOST_TEST(((*done)->code == fault_code::client_gone));
}

BOOST_AUTO_TEST_CASE(much_data_passes_both_ways) {
    const certificate good("DNS:localhost");
    const std::string much(1 << 20, 'x');
    tls_peer peer(good, [&much](SSL* ssl, descriptor&) {
        std::size_t got = 0;
        while (got < much.size()) {
            const auto text = hear(ssl);
            if (text.empty()) return;
            got += text.size();
        }
        say(ssl, much);
        SSL_shutdown(ssl);
    });
    tls_client client(trusting(good));
    const auto stream = connect(client, peer.port(), "localhost", "localhost");
    BOOST_REQUIRE(!failure);
    std::vector<iovec> pieces = {piece(much)};
    BOOST_TEST(run(stream->write_all(pieces)).bytes == much.size());
    std::vector<char> buffer(16384);
    std::size_t total = 0;
    io_result got;
    while ((got = run(stream->read_some(std::span(buffer)))).status == io_status::ok) total += got.bytes;
    BOOST_TEST(total == much.size());
    BOOST_TEST((got.status == io_status::eof));
}

BOOST_AUTO_TEST_CASE(a_file_of_authorities_that_cannot_be_read_is_named_at_start) {
    tls_settings settings;
    settings.ca_file = "/nowhere/ca.pem";
    const auto names_it = [](const std::runtime_error& e) {
        return std::string_view(e.what()).find("/nowhere/ca.pem") != std::string_view::npos;
    };
    BOOST_CHECK_EXCEPTION(tls_client{settings}, std::runtime_error, names_it);
}

BOOST_AUTO_TEST_SUITE_END()
