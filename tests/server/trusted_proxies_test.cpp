#include "server/trusted_proxies.hpp"

#include <boost/test/unit_test.hpp>

using ferry::net::http_head;
using ferry::server::trusted_proxies;

namespace {

std::string client(std::string_view peer, std::vector<ferry::net::header_field> fields) {
    http_head head;
    head.fields = std::move(fields);
    return trusted_proxies({"10.0.0.0/8", "2001:db8::/32", "unix"}).client_of(peer, head);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trusted_proxies_of_a_server)

BOOST_AUTO_TEST_CASE(only_a_trusted_peer_is_believed) {
    BOOST_TEST(client("10.1.2.3", {{"X-Forwarded-For", "203.0.113.7"}}) == "203.0.113.7");
    BOOST_TEST(client("unix", {{"x-forwarded-for", "203.0.113.7"}}) == "203.0.113.7");
    BOOST_TEST(client("192.0.2.1", {{"x-forwarded-for", "203.0.113.7"}}) == "");
    http_head head;
    head.fields = {{"x-forwarded-for", "203.0.113.7"}};
    BOOST_TEST(trusted_proxies({}).client_of("unix", head) == "");
}

BOOST_AUTO_TEST_CASE(the_rightmost_that_is_no_proxy_is_the_client) {
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "6.6.6.6, 203.0.113.7, 10.0.0.2"}}) == "203.0.113.7");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "6.6.6.6"}, {"x-forwarded-for", "203.0.113.7"}}) ==
               "203.0.113.7");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "10.0.0.3,10.0.0.2"}}) == "10.0.0.3");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_ends_the_chain) {
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "203.0.113.7, unknown, 10.0.0.2"}}) == "10.0.0.2");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "nonsense"}}) == "");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", ""}}) == "");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "[]"}}) == "");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "["}}) == "");
}

BOOST_AUTO_TEST_CASE(ports_and_brackets_are_taken_off) {
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "203.0.113.7:4711"}}) == "203.0.113.7");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "[2001:db9::1]:80"}}) == "2001:db9::1");
    BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", "2001:DB9::1"}}) == "2001:db9::1");
}

BOOST_AUTO_TEST_CASE(what_has_no_possible_port_is_no_address) {
    for (const char* text : {"203.0.113.7:65616", "203.0.113.7:x", "203.0.113.7:", "203.0.113.7:80a",
                             "[2001:db9::1]:65536", "[2001:db9::1]80", "[2001:db9::1]:-1"}) {
        BOOST_TEST(client("10.0.0.1", {{"x-forwarded-for", text}}) == "", text);
    }
    BOOST_TEST(client("10.0.0.1", {{"Forwarded", "for=\"203.0.113.7:_hidden\""}}) == "203.0.113.7");  // RFC 7239, 6.3
}

BOOST_AUTO_TEST_CASE(forwarded_counts_where_the_other_is_missing) {
    BOOST_TEST(client("10.0.0.1", {{"Forwarded", "for=6.6.6.6, For=\"[2001:db9::1]:80\";proto=https, for=10.0.0.2"}}) ==
               "2001:db9::1");
    BOOST_TEST(client("10.0.0.1", {{"Forwarded", "for=_hidden"}}) == "");
    BOOST_TEST(client("10.0.0.1", {{"Forwarded", "for=1.1.1.1"}, {"x-forwarded-for", "2.2.2.2"}}) == "2.2.2.2");
}

BOOST_AUTO_TEST_SUITE_END()
