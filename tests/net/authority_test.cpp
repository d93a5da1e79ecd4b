#include "net/authority.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "net/strict_http.hpp"

using namespace ferry;
using namespace ferry::net;

namespace {

constexpr fault_code none = fault_code::internal_error;

fault_code code_of(std::string_view head) {
    http_head read;
    const auto refused = read_request_head(head, read);
    return refused ? refused->code : none;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(authority_suite)

BOOST_AUTO_TEST_CASE(H7_a_target_that_is_in_none_of_the_four_forms_is_refused) {
    constexpr std::string_view lines[] = {
        "POST http://u@a/v1/x",    "POST http://u:p@a/v1/x", "GET http://",         "GET http:///v1/x",
        "GET http://a:b/v1/x",     "GET http://a:80:80/",    "GET http://[::1/v1/x", "GET http://a:65536/",
        "GET http://a:/",          "GET http://a,b/",        "GET ftp://a/v1/x",    "GET ws://a/v1/x",
        "GET javascript://a/v1/x", "GET file:///v1/x",       "GET http:/a/v1/x",    "GET https:a",
        "GET //",                  "GET *",                  "POST *",              "HEAD *",
        "options *",               "GET **",                 "OPTIONS */",          "GET a:80",
        "GET v1/x",                "GET ?x",                 "CONNECT /v1/x",       "CONNECT http://a/",
        "CONNECT *",               "CONNECT u@a:443",        "GET \\v1\\x",
    };
    for (const auto line : lines) {
        const auto head = std::string(line) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        // Two slashes begin a path like any other: no operation is served there.
        const bool is_path = line == "GET //";
        BOOST_TEST_CONTEXT(head) BOOST_TEST((code_of(head) == (is_path ? none : fault_code::bad_framing)));
    }
}

BOOST_AUTO_TEST_CASE(H4_a_host_that_is_missing_or_not_plain_is_refused) {
    BOOST_TEST((code_of("GET / HTTP/1.1\r\n\r\n") == fault_code::bad_framing));
    constexpr std::string_view hosts[] = {
        "",        " ",        "user@a",       "a/b",       "a,b",    "a, b",          "a b",
        "a\"",     "a?b",      "a#b",          "a\\b",      "a:b",    "a:80:80",       "a:",
        ":80",     ":",        "a:0",          "a:080",     "a:+80",  "a:65536",       "a:8 0",
        "::1",     "[::1",     "2001:db8::1",  "::1]",      "[]",     "[::1]80",       "[::1]:",
        "[::1]:x", "[1::2::3]", "[::1]:65536", "[12345::]", "[v1.a]", "[::1%25lo]",    "[::1%lo]",
        "[a]",     "[[::1]]",  "[127.0.0.1]",  "a[::1]",    "a%",     "a%2",           "a%zz",
        "[::1",    "caf\xc3\xa9", "a:99999999999", "[::ffff:1.2.3]",
    };
    for (const auto host : hosts) {
        const auto head = "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
        BOOST_TEST_CONTEXT(head) BOOST_TEST((code_of(head) == fault_code::bad_framing));
    }
    const auto long_host = "GET / HTTP/1.1\r\nHost: " + std::string(513, 'a') + "\r\n\r\n";
    BOOST_TEST((code_of(long_host) == fault_code::bad_framing));
}

BOOST_AUTO_TEST_CASE(the_path_of_a_url_is_what_follows_its_authority) {
    const struct {
        std::string_view target, path;
    } cases[] = {
        {"/v1/x?a=b", "/v1/x?a=b"},      {"http://a/v1/x?a=/b", "/v1/x?a=/b"}, {"HTTPS://a:1/", "/"},
        {"http://a", "/"},               {"http://a?x=/v1/y", "/"},            {"http://a#/v1/y", "/"},
        {"ftp://a/v1/x", "ftp://a/v1/x"}, {"*", "*"},
    };
    for (const auto& one : cases) BOOST_TEST(without_authority(one.target) == one.path);
}

BOOST_AUTO_TEST_SUITE_END()
