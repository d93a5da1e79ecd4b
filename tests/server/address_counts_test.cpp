#include "server/address_counts.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>

using ferry::server::address_counts;

BOOST_AUTO_TEST_SUITE(address_counts_test)

BOOST_AUTO_TEST_CASE(connections_are_counted_for_as_long_as_they_live) {
    address_counts counts;
    const auto first = counts.enter("203.0.113.7");
    BOOST_TEST(first.number() == 1u);
    {
        auto second = counts.enter("203.0.113.7");
        BOOST_TEST(second.number() == 2u);
        const auto moved = std::move(second);
        BOOST_TEST(counts.enter("203.0.113.7").number() == 3u);
    }
    BOOST_TEST(counts.enter("203.0.113.7").number() == 2u);
    BOOST_TEST(counts.enter("203.0.113.8").number() == 1u);
}

BOOST_AUTO_TEST_CASE(a_network_of_ipv6_counts_as_one_address) {
    address_counts counts;
    const auto first = counts.enter("2001:db8:0:1::1");
    BOOST_TEST(counts.enter("2001:db8:0:1:ffff::2").number() == 2u);
    BOOST_TEST(counts.enter("2001:db8:0:2::1").number() == 1u);
    const auto v4 = counts.enter("::ffff:203.0.113.7");
    BOOST_TEST(counts.enter("::ffff:203.0.113.8").number() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
