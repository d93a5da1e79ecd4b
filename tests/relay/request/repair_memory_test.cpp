#include "relay/request/repair_memory.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::relay;

BOOST_AUTO_TEST_SUITE(repair_memory_suite)

BOOST_AUTO_TEST_CASE(what_was_learned_holds_for_one_model_and_one_version_of_the_catalog) {
    const auto length = provider::repair_of("max_tokens"), stream = provider::repair_of("stream");
    repair_memory learned;
    BOOST_TEST(learned.of(1, 7).none());
    learned.add(1, 7, length);
    learned.add(1, 7, stream);
    BOOST_TEST((learned.of(1, 7) == (length | stream)));
    BOOST_TEST(learned.of(2, 7).none());
    BOOST_TEST(learned.of(1, 8).none());
    learned.add(2, 8, length);
    BOOST_TEST((learned.of(2, 8) == length));
    learned.forget(3);
    BOOST_TEST((learned.of(2, 8) == length));
    learned.forget(2);
    BOOST_TEST(learned.of(2, 8).none());
    BOOST_TEST(learned.of(1, 8).none());
    BOOST_TEST(learned.of(1, 7).none());
}

BOOST_AUTO_TEST_SUITE_END()
