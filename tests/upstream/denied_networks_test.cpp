#include "upstream/denied_networks.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "upstream/options.hpp"

using namespace ferry::upstream;

namespace {

bool denies(const denied_networks& networks, const char* address) {
    return networks.contains(boost::asio::ip::make_address(address));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(denied_networks_suite)

BOOST_AUTO_TEST_CASE(S5_the_default_denies_link_local_and_metadata_but_no_local_model_server) {
    const denied_networks networks(options().denied_networks);
    for (const auto* address :
         {"169.254.169.254", "169.254.0.0", "169.254.255.255", "fe80::1", "febf::1", "fd00:ec2::254", "100.100.100.200",
          "168.63.129.16", "192.0.0.192", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "fe80::1%1"}) {
        BOOST_TEST_CONTEXT(address) BOOST_TEST(denies(networks, address));
    }
    for (const auto* address :
         {"127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.253.255.255", "169.255.0.0", "fec0::1",
          "fe7f::1", "fd00:ec2::253", "100.100.100.201", "8.8.8.8", "2001:db8::1", "::ffff:127.0.0.1"}) {
        BOOST_TEST_CONTEXT(address) BOOST_TEST(!denies(networks, address));
    }
}

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
        const denied_networks networks({one.cidr});
        BOOST_TEST_CONTEXT(one.cidr) {
            BOOST_TEST(denies(networks, one.inside));
            BOOST_TEST(!denies(networks, one.outside));
        }
    }
    BOOST_TEST(denies(denied_networks({"::/0"}), "8.8.8.8"));
    BOOST_TEST(!denies(denied_networks({}), "169.254.169.254"));
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_no_network_is_named) {
    for (const auto* entry : {"10.0.0.0/33", "fe80::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8",
                              "localhost", "", "/8", "10.0.0.0/ 8"}) {
        const auto names_it = [entry](const std::invalid_argument& e) {
            return std::string_view(e.what()).find("'" + std::string(entry) + "'") != std::string_view::npos;
        };
        BOOST_TEST_CONTEXT(entry) BOOST_CHECK_EXCEPTION(denied_networks({entry}), std::invalid_argument, names_it);
    }
}

BOOST_AUTO_TEST_SUITE_END()
