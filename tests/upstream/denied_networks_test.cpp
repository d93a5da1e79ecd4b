#include "upstream/denied_networks.hpp"

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_CASE(S5_the_address_that_means_none_reaches_this_machine) {
    const denied_networks loopback({"127.0.0.0/8", "::1/128"});
    for (const auto* address : {"0.0.0.0", "::", "::ffff:0.0.0.0", "64:ff9b::", "2002::"}) {
        BOOST_TEST_CONTEXT(address) {
            BOOST_TEST(denies(loopback, address));
            BOOST_TEST(!denies(denied_networks(options().denied_networks), address));
        }
    }
    BOOST_TEST(denies(denied_networks({"::1/128"}), "::"));
    BOOST_TEST(!denies(denied_networks({"::1/128"}), "0.0.0.0"));
    BOOST_TEST(!denies(loopback, "0.0.0.1"));
}

// Each wraps 169.254.169.254, which the default denies, and 8.8.8.8, which it does not.
BOOST_AUTO_TEST_CASE(S5_an_address_that_wraps_a_denied_one_is_denied) {
    const struct {
        const char *denied, *allowed;
    } cases[] = {
        {"::ffff:169.254.169.254", "::ffff:8.8.8.8"},                          // mapped
        {"::169.254.169.254", "::8.8.8.8"},                                    // compatible
        {"::ffff:0:169.254.169.254", "::ffff:0:8.8.8.8"},                      // translated
        {"64:ff9b::169.254.169.254", "64:ff9b::8.8.8.8"},                      // NAT64
        {"64:ff9b:1::169.254.169.254", "64:ff9b:1::8.8.8.8"},                  // NAT64 of local use, /96
        {"64:ff9b:1:7:a9:fea9:fe00:0", "64:ff9b:1:7:8:808:800:0"},             // ... /64
        {"64:ff9b:1:a9:fe:a9fe::", "64:ff9b:1:8:8:808::"},                     // ... /56
        {"64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:808:8:800::"},                 // ... /48
        {"2002:a9fe:a9fe::1", "2002:808:808::1"},                              // 6to4
        {"2001:0:a9fe:a9fe::f7f7:f7f7", "2001:0:808:808::f7f7:f7f7"},          // Teredo, its server
        {"2001:0:808:808::5601:5601", "2001:0:808:808::f7f7:f7f7"},            // ... its client
        {"2001:db8::5efe:169.254.169.254", "2001:db8::5efe:8.8.8.8"},          // ISATAP
        {"2001:db8::200:5efe:169.254.169.254", "2001:db8::200:5efe:8.8.8.8"},  // ... of a global address
    };
    const denied_networks networks(options().denied_networks);
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.denied) BOOST_TEST(denies(networks, one.denied));
        BOOST_TEST_CONTEXT(one.allowed) BOOST_TEST(!denies(networks, one.allowed));
    }
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_a_wrapped_address_is_not_unwrapped) {
    const denied_networks networks({"0.0.0.0/0"});
    BOOST_TEST(!denies(denied_networks({"127.0.0.0/8"}), "64:ff9b:1::8.8.8.8"));
    for (const auto* address : {"::1", "2001:db8::1", "2003:a9fe:a9fe::1", "64:ff9b:2::a9fe:a9fe", "2001:1::1"}) {
        BOOST_TEST_CONTEXT(address) BOOST_TEST(!denies(networks, address));
    }
}

BOOST_AUTO_TEST_SUITE_END()
