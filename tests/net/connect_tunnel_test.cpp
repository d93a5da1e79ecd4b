#include "net/connect_tunnel.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <thread>

#include "net/plain_stream.hpp"
#include "support/core_run.hpp"
#include "support/tcp_listener.hpp"

using namespace ferry;
using namespace ferry::net;
using outcome = tunnel_answer::outcome;

namespace {

struct tunnel_fixture : test::test_core {
    test::tcp_listener listener;
    std::string heard;

    // The proxy answers with these pieces, then closes if `closes`.
    tunnel_answer ask(std::vector<std::string> pieces, bool closes = false, std::string authorization = {}) {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        const auto stream = plain_stream::open(context, loopback);
        BOOST_REQUIRE((run(stream->connect(loopback, listener.port())).status == io_status::ok));
        const auto peer = listener.accept();
        std::thread proxy([&] {
            heard.clear();
            while (heard.find("\r\n\r\n") == std::string::npos) heard += peer.receive();
            for (const auto& one : pieces) peer.send(one);
            if (closes) ::shutdown(peer.get(), SHUT_RDWR);
        });
        auto answer = run(open_tunnel(*stream, "provider.example:443", std::move(authorization)));
        proxy.join();
        return answer;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connect_tunnel_suite, tunnel_fixture)

BOOST_AUTO_TEST_CASE(a_tunnel_is_asked_for_by_host_and_port) {
    BOOST_TEST((ask({"HTTP/1.1 200 OK\r\n\r\n"}).what == outcome::open));
    BOOST_TEST(heard == "CONNECT provider.example:443 HTTP/1.1\r\nHost: provider.example:443\r\n\r\n");
    ask({"HTTP/1.1 200 OK\r\n\r\n"}, false, "Basic eDp5");
    BOOST_TEST(heard.find("\r\nProxy-Authorization: Basic eDp5\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_2xx_opens_it_however_it_is_framed_and_split) {
    for (const std::string answer : {"HTTP/1.0 200 Connection established\r\n\r\n", "HTTP/1.1 204 \r\nVia: x\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        std::vector<std::string> bytes;
        for (const char c : answer) bytes.emplace_back(1, c);
        BOOST_TEST_CONTEXT(answer) {
            BOOST_TEST((ask({answer}).what == outcome::open));
            BOOST_TEST((ask(bytes).what == outcome::open));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_has_its_status_and_the_proxys_own_words) {
    const auto wants_login = ask({"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno\n"});
    BOOST_TEST((wants_login.what == outcome::refused));
    BOOST_TEST(wants_login.status == 407);
    BOOST_TEST(wants_login.reason == "Proxy Authentication Required");
    const auto odd = ask({"HTTP/1.1 503 a\x01\xffz" + std::string(500, 'x') + "\r\n\r\n"});
    BOOST_TEST((odd.what == outcome::refused || odd.what == outcome::not_http));
    for (const char c : odd.reason) BOOST_TEST((c >= ' ' && c <= '~'));
    BOOST_TEST(odd.reason.size() <= 100u);
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_to_connect_opens_nothing) {
    for (const std::string answer :
         {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2\r\n\r\n", "\r\n\r\n\r\n\r\n", "\x15\x03\x01\x01\x02\x02",
          "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nmore"}) {
        BOOST_TEST_CONTEXT(answer) BOOST_TEST((ask({answer}, true).what != outcome::open));
    }
    BOOST_TEST((ask({"HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"}).what == outcome::not_http));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_goes_is_told_apart_from_a_deadline) {
    BOOST_TEST((ask({"HTTP/1.1 200 O"}, true).what == outcome::broken));
    const auto loopback = boost::asio::ip::address_v4::loopback();
    const auto stream = plain_stream::open(context, loopback);
    BOOST_REQUIRE((run(stream->connect(loopback, listener.port())).status == io_status::ok));
    std::optional<tunnel_answer> got;
    start(test::keep_result(open_tunnel(*stream, "h:1", ""), got));
    turn();
    BOOST_TEST(!got);
    stream->interrupt();
    run_until([&] { return got.has_value(); });
    BOOST_TEST((got->what == outcome::interrupted));
}

BOOST_AUTO_TEST_SUITE_END()
