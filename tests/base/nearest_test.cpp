#include "base/nearest.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

using ferry::edit_distance;
using ferry::nearest;

BOOST_AUTO_TEST_SUITE(nearest_name)

BOOST_AUTO_TEST_CASE(the_distance_counts_inserted_deleted_replaced_and_swapped_letters) {
    BOOST_TEST(edit_distance("", "") == 0u);
    BOOST_TEST(edit_distance("", "abc") == 3u);
    BOOST_TEST(edit_distance("listen", "listen") == 0u);
    BOOST_TEST(edit_distance("lissten", "listen") == 1u);
    BOOST_TEST(edit_distance("lsten", "listen") == 1u);
    BOOST_TEST(edit_distance("lixten", "listen") == 1u);
    BOOST_TEST(edit_distance("listne", "listen") == 1u);
    BOOST_TEST(edit_distance("kitten", "sitting") == 3u);
}

BOOST_AUTO_TEST_CASE(a_name_too_different_is_not_suggested) {
    constexpr std::array<std::string_view, 3> names{"level", "format", "access"};
    BOOST_TEST(nearest("levle", names) == "level");
    BOOST_TEST(nearest("acces", names) == "access");
    BOOST_TEST(nearest("verbosity", names) == "");
    BOOST_TEST(nearest("", names) == "");
}

BOOST_AUTO_TEST_SUITE_END()
