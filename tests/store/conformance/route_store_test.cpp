#include "store/route_store.hpp"

#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

BOOST_FIXTURE_TEST_SUITE(route_stores, store_fixture)

BOOST_AUTO_TEST_CASE(a_route_is_added_changed_in_what_is_named_and_removed) {
    const auto routes = db->routes();
    route_row added;
    added.name = "smart";
    added.strategy = "weighted";
    added.members = "[\"a\"]";
    const auto before = catalog_version();
    routes->add_route(added);
    BOOST_TEST(catalog_version() > before);
    BOOST_CHECK_THROW(routes->add_route(added), row_refused);

    route_change change;
    change.members = "[\"b\"]";
    BOOST_TEST(routes->change_route("smart", change));
    change.members.reset();
    change.is_enabled = false;
    BOOST_TEST(routes->change_route("smart", change));
    const auto rows = routes->list_routes();
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(rows[0].strategy == "weighted");
    BOOST_TEST(rows[0].members == "[\"b\"]");
    BOOST_TEST(!rows[0].is_enabled);

    change.strategy = "no such strategy";
    BOOST_CHECK_THROW(routes->change_route("smart", change), row_refused);
    change.strategy.reset();
    BOOST_TEST(!routes->change_route("other", change));
    BOOST_TEST(routes->remove_route("smart"));
    BOOST_TEST(!routes->remove_route("smart"));
    BOOST_TEST(routes->list_routes().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
