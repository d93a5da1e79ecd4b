#include "catalog/forward_proxy.hpp"

#include <boost/test/unit_test.hpp>

#include "catalog/endpoint.hpp"

using namespace ferry;
using catalog::forward_proxy;
using catalog::parse_endpoint;
using catalog::parse_forward_proxy;

BOOST_AUTO_TEST_SUITE(forward_proxy_suite)

BOOST_AUTO_TEST_CASE(a_proxy_is_a_host_a_port_and_perhaps_a_login) {
    const struct {
        const char *written, *host, *name, *authorization;
    } cases[] = {
        {"http://proxy.example:3128", "proxy.example", "proxy.example:3128", ""},
        {"http://Proxy.Example:3128/", "proxy.example", "proxy.example:3128", ""},
        {"proxy.example:3128", "proxy.example", "proxy.example:3128", ""},
        {"127.0.0.1:3128", "127.0.0.1", "127.0.0.1:3128", ""},
        {"http://[::1]:3128", "::1", "[::1]:3128", ""},
        {"http://proxy.example", "proxy.example", "proxy.example:80", ""},
        // RFC 7617 section 2
        {"http://Aladdin:open%20sesame@p:1", "p", "p:1", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"http://user@p:1", "p", "p:1", "Basic dXNlcjo="},
        {"http://u:p%40%3A%2F@p:1", "p", "p:1", "Basic dTpwQDov"},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.written) {
            const auto parsed = parse_forward_proxy(one.written);
            BOOST_REQUIRE(parsed.has_value());
            BOOST_TEST(parsed->host == one.host);
            BOOST_TEST(parsed->name == one.name);
            BOOST_TEST(parsed->authorization.reveal() == one.authorization);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_proxy_is_refused_and_not_repeated) {
    const struct {
        const char *written, *reason;
    } cases[] = {
        {"socks5://canary:canary@p:1", "scheme"}, {"https://canary@p:1", "scheme"},
        {"http://canary@p:0", "port"},            {"http://canary@p:65616", "port"},
        {"http://canary@p:1/path", "path"},       {"http://canary@p:1?q", "path"},
        {"http://canary@:1", "host"},             {"http://canary p:1", "space"},
        {"http://can%3Aary@p:1", "colon"},        {"http://canary@p:1\r\nX: y", "control"},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.written) {
            const auto parsed = parse_forward_proxy(one.written);
            BOOST_REQUIRE(parsed.has_error());
            BOOST_TEST(parsed.error().message.find(one.reason) != std::string::npos);
            BOOST_TEST(parsed.error().message.find("canary") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(connections_are_shared_only_where_the_way_is_the_same) {
    const auto reached = [](const char* proxy) {
        auto made = parse_endpoint("https://h/v1").value();
        if (proxy != nullptr) {
            std::shared_ptr<const forward_proxy> through;
            if (*proxy != '\0') through = std::make_shared<const forward_proxy>(parse_forward_proxy(proxy).value());
            reach_through(made, std::move(through));
        }
        return made;
    };
    std::vector<std::string> keys;
    for (const auto* proxy : {static_cast<const char*>(nullptr), "", "http://p:1", "http://p:2", "http://a:canary@p:1",
                              "http://b:canary@p:1"}) {
        const auto made = reached(proxy);
        BOOST_TEST((std::find(keys.begin(), keys.end(), made.pool_key) == keys.end()));
        BOOST_TEST(made.label.find("canary") == std::string::npos);
        keys.push_back(made.pool_key);
    }
    BOOST_TEST(reached("http://p:1").pool_key == reached("p:1").pool_key);
    BOOST_TEST(reached("http://u@p:1").label == "https://h:443 via p:1");
}

BOOST_AUTO_TEST_SUITE_END()
