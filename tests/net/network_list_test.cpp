#include "net/network_list.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

using ferry::net::network_list;

namespace {

bool holds(const network_list& networks, const char* address) {
    return networks.contains(boost::asio::ip::make_address(address));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(network_list_suite)

BOOST_AUTO_TEST_CASE(a_network_covers_exactly_its_prefix) {
    const struct {
        const char *cidr, *inside, *outside;
    } cases[] = {
        {"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
        {"192.168.4.0/22", "192.168.7.255", "192.168.8.0"},
        {"192.0.2.7/32", "192.0.2.7", "192.0.2.6"},
        {"192.0.2.7", "192.0.2.7", "192.0.2.8"},
        {"128.0.0.0/1", "255.1.1.1", "127.255.255.255"},
        {"0.0.0.0/0", "8.8.8.8", "2001:db8::1"},
        {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
        {"::1", "::1", "::2"},
        {"10.1.2.3/8", "10.9.9.9", "11.0.0.0"},
    };
    for (const auto& one : cases) {
        const network_list networks({one.cidr});
        BOOST_TEST_CONTEXT(one.cidr) {
            BOOST_TEST(holds(networks, one.inside));
            BOOST_TEST(!holds(networks, one.outside));
        }
    }
    BOOST_TEST(holds(network_list({"::/0"}), "8.8.8.8"));
    BOOST_TEST(!holds(network_list({}), "169.254.169.254"));
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_no_network_is_named) {
    for (const auto* entry : {"10.0.0.0/33", "fe80::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8",
                              "localhost", "", "/8", "10.0.0.0/ 8", "10.0.0.0/4294967304"}) {
        const auto names_it = [entry](const std::invalid_argument& e) {
            return std::string_view(e.what()).find("'" + std::string(entry) + "'") != std::string_view::npos;
        };
        BOOST_TEST_CONTEXT(entry) BOOST_CHECK_EXCEPTION(network_list({entry}), std::invalid_argument, names_it);
    }
}

BOOST_AUTO_TEST_CASE(a_scope_is_no_part_of_an_address) {
    BOOST_TEST(holds(network_list({"fe80::/10"}), "fe80::1%1"));
    BOOST_TEST(holds(network_list({"fe80::1"}), "fe80::1%2"));
}

BOOST_AUTO_TEST_CASE(a_wrapped_address_is_not_the_one_it_wraps) {
    const network_list networks({"10.0.0.0/8"});
    BOOST_TEST(holds(networks, "::ffff:10.1.2.3"));
    for (const auto* address : {"2002:a01:203::1", "64:ff9b::10.1.2.3", "::10.1.2.3"}) {
        BOOST_TEST_CONTEXT(address) BOOST_TEST(!holds(networks, address));
    }
}

BOOST_AUTO_TEST_SUITE_END()
