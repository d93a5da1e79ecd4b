#include "catalog/endpoint.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using catalog::parse_endpoint;

BOOST_AUTO_TEST_SUITE(endpoint)

BOOST_AUTO_TEST_CASE(a_url_is_taken_apart) {
    const struct {
        std::string url;
        bool is_tls;
        std::string host;
        int port;
        std::string target, host_header, sni, pool_key;
    } cases[] = {
        {"https://api.example.com/v1/chat/completions", true, "api.example.com", 443, "/v1/chat/completions",
         "api.example.com", "api.example.com", "https://api.example.com:443"},
        {"http://localhost:11434/v1/chat/completions", false, "localhost", 11434, "/v1/chat/completions",
         "localhost:11434", "localhost", "http://localhost:11434"},
        {"HTTPS://API.Example.COM", true, "api.example.com", 443, "/", "api.example.com", "api.example.com",
         "https://api.example.com:443"},
        {"https://h:443/x", true, "h", 443, "/x", "h", "h", "https://h:443"},
        {"http://h:80", false, "h", 80, "/", "h", "h", "http://h:80"},
        {"http://h:443/", false, "h", 443, "/", "h:443", "h", "http://h:443"},
        {"https://h/a?api-version=2024-06-01", true, "h", 443, "/a?api-version=2024-06-01", "h", "h", "https://h:443"},
        {"https://h?q=1", true, "h", 443, "/?q=1", "h", "h", "https://h:443"},
        {"https://h/a%20b;c=d/../e//f", true, "h", 443, "/a%20b;c=d/../e//f", "h", "h", "https://h:443"},
        {"http://192.0.2.7:8000/v1", false, "192.0.2.7", 8000, "/v1", "192.0.2.7:8000", "", "http://192.0.2.7:8000"},
        {"https://[2001:db8::1]/v1", true, "2001:db8::1", 443, "/v1", "[2001:db8::1]", "", "https://[2001:db8::1]:443"},
        {"http://[::1]:8080/", false, "::1", 8080, "/", "[::1]:8080", "", "http://[::1]:8080"},
        {"http://my_vllm.internal:65535/", false, "my_vllm.internal", 65535, "/", "my_vllm.internal:65535",
         "my_vllm.internal", "http://my_vllm.internal:65535"},
        {"https://rooted.example./v1", true, "rooted.example.", 443, "/v1", "rooted.example.", "rooted.example",
         "https://rooted.example.:443"},
    };
    for (const auto& one : cases) {
        const auto parsed = parse_endpoint(one.url);
        BOOST_REQUIRE_MESSAGE(parsed, one.url << ": " << parsed.error().message);
        BOOST_TEST_CONTEXT(one.url) {
            BOOST_TEST(parsed->is_tls == one.is_tls);
            BOOST_TEST(parsed->host == one.host);
            BOOST_TEST(parsed->port == one.port);
            BOOST_TEST(parsed->target == one.target);
            BOOST_TEST(parsed->host_header == one.host_header);
            BOOST_TEST(parsed->sni == one.sni);
            BOOST_TEST(parsed->pool_key == one.pool_key);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_unsafe_or_unusable_url_is_refused_with_its_reason) {
    const struct {
        std::string url, reason;
    } cases[] = {
        {"", "empty"},
        {"api.example.com/v1", "absolute URL"},
        {"/v1/chat/completions", "absolute URL"},
        {"ftp://h/v1", "scheme"},
        {"file:///etc/passwd", "scheme"},
        {"ws://h/v1", "scheme"},
        {"https:/v1", "host"},
        {"https://", "host"},
        {"https:///v1", "host"},
        {"https://:8443/v1", "host"},
        {"https://user:pw-canary@h/v1", "user or password"},
        {"https://pw-canary@h/v1", "user or password"},
        {"https://@h/v1", "user or password"},
        {"https://h/v1#top", "fragment"},
        {"https://h/v1#", "fragment"},
        {"https://h:0/v1", "port"},
        {"https://h:/v1", "port"},
        {"https://h:65536/v1", "port"},
        {"https://h:65616/v1", "port"},   // 80 in its last 16 bits
        {"https://h:131152/v1", "port"},  // likewise
        {"https://h:99999999999/v1", "port"},
        {"https://h:80a/v1", "port"},
        {"https://h:8b:0/v1", "port"},
        {"https://[::1]x/v1", "port"},
        {"https://h/v1\r\nHost: evil", "control byte"},
        {"https://h/v1\n", "control byte"},
        {" https://h/v1", "space"},
        {"https://h/v1 ", "space"},
        {"https://h/a b", "space"},
        {"https://h/\tx", "control byte"},
        {std::string("https://h/\0x", 12), "control byte"},
        {"https://h/\x7f", "control byte"},
        {"https://h\xc3\xb6st/v1", "outside ASCII"},
        {"https://h%61st/v1", "host"},
        {"https://h%0d%0a/v1", "host"},
        {"https://[::1/v1", "absolute URL"},
        {"https://[::g]/v1", "absolute URL"},
        {"https://[v1.x]/v1", "host"},
        {"https://h/%zz", "absolute URL"},
        {"https://h\\@evil/v1", "absolute URL"},
        {"https://" + std::string(254, 'h') + "/v1", "host"},
        {"https://h/" + std::string(5000, 'p'), "4096"},
    };
    for (const auto& one : cases) {
        const auto parsed = parse_endpoint(one.url);
        BOOST_REQUIRE_MESSAGE(!parsed, one.url);
        BOOST_TEST(parsed.error().message.find("api_endpoint ") == 0u, parsed.error().message);
        BOOST_TEST(parsed.error().message.find(one.reason) != std::string::npos,
                   one.url << ": " << parsed.error().message);
        BOOST_TEST(parsed.error().message.find("canary") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
