#include <boost/test/unit_test.hpp>
#include <string>

#include "net/strict_http.hpp"

using namespace ferry;
using namespace ferry::net;

BOOST_AUTO_TEST_SUITE(heads_as_read)

BOOST_AUTO_TEST_CASE(a_media_type_comes_without_its_parameters) {
    BOOST_TEST(media_type("text/html; charset=utf-8") == "text/html");
    BOOST_TEST(media_type("application/json \t;a=b;c=d") == "application/json");
    BOOST_TEST(media_type("text/event-stream") == "text/event-stream");
    BOOST_TEST(media_type(";charset=utf-8").empty());
    BOOST_TEST(media_type("").empty());
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_as_its_version_and_options_say) {
    const auto keeps = [](std::string_view version, std::string_view fields) {
        http_head read;
        const auto head = "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(fields) + "\r\n";
        BOOST_TEST(!read_request_head(head, read));
        return read.keep_alive;
    };
    BOOST_TEST(keeps("1.1", ""));
    BOOST_TEST(keeps("1.1", "Connection: keep-alive\r\n"));
    BOOST_TEST(!keeps("1.1", "Connection: close\r\n"));
    BOOST_TEST(!keeps("1.1", "Connection: x ,\tCLOSE,\r\n"));
    BOOST_TEST(!keeps("1.1", "Connection: x\r\nConnection: close\r\n"));
    BOOST_TEST(!keeps("1.0", ""));
    BOOST_TEST(keeps("1.0", "Connection: Keep-Alive\r\n"));
    http_head read;
    BOOST_TEST(read_request_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n", read).has_value());
}

BOOST_AUTO_TEST_CASE(tokens_are_compared_without_case) {
    BOOST_TEST(same_token("Content-Length", "content-LENGTH"));
    BOOST_TEST(same_token("", ""));
    BOOST_TEST(!same_token("host", "hosts"));
    // Only A-Z are folded: these two differ by the same bit as letters do.
    BOOST_TEST(!same_token("a[", "a{"));
    BOOST_TEST(!same_token("@", "`"));
}

BOOST_AUTO_TEST_SUITE_END()
