#include "net/buffer_pool.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using ferry::net::buffer_pool;

BOOST_AUTO_TEST_SUITE(buffer_pool_test)

BOOST_AUTO_TEST_CASE(what_was_lent_is_kept_for_the_next_and_freed_when_it_is_quiet) {
    buffer_pool pool;
    {
        std::vector<buffer_pool::buffer> lent;
        for (int i = 0; i < 10; ++i) lent.push_back(pool.lend());
        BOOST_TEST(pool.spares() == 0u);
    }
    BOOST_TEST(pool.spares() == 10u);
    auto kept = pool.lend();
    pool.drop_spares();
    BOOST_TEST(pool.spares() == 0u);
    BOOST_TEST(bool(kept));
}

BOOST_AUTO_TEST_SUITE_END()
