#include "upstream/pool_fixture.hpp"

using namespace ferry;
using namespace ferry::upstream;

namespace {

struct changes_fixture : testing::pool_fixture {
    steady::time_point now = steady::now();
    name_cache names{service, [this] { return now; }};
    pool connections{context, wheel, buffers, names, options()};
    const test::tcp_listener other{128, "127.0.0.9", listener.port()};

    catalog::endpoint named(const std::string& name) { return at("http", name, listener.port()); }
    lease reusable(const catalog::endpoint& where) {
        auto leased = connect(connections, where);
        BOOST_REQUIRE(leased.has_value());
        leased->mark_reusable();
        return std::move(*leased);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(name_changes_suite, changes_fixture)

BOOST_AUTO_TEST_CASE(a_connection_to_an_address_that_its_name_has_no_more_is_not_lent_again) {
    for (const auto* one : {"moves", "stays", "ends"}) service.known[one] = testing::has({"127.0.0.1"});
    const auto moves = named("moves"), stays = named("stays"), ends = named("ends");
    auto busy = reusable(moves);
    for (const auto& where : {moves, stays, ends}) reusable(where).release();
    reusable(here).release();
    BOOST_TEST(idle(connections) == 4);
    service.known["moves"] = testing::has({"127.0.0.9"});
    service.known["stays"] = testing::has({"127.0.0.9", "127.0.0.1"});
    service.known["ends"] = testing::fails(true);
    now += std::chrono::seconds(61);
    run_until([&] { return idle(connections) < 4; });
    BOOST_TEST(!connections.take_idle(moves));
    for (const auto& where : {stays, ends, here}) BOOST_TEST(!!connections.take_idle(where));
    busy.release();
    BOOST_TEST(!connections.take_idle(moves));
    BOOST_TEST(connect(connections, moves).has_value());
    BOOST_TEST(other.has_waiting());
}

BOOST_AUTO_TEST_CASE(names_of_which_no_connection_is_left_are_not_asked_for) {
    service.known["once"] = testing::has({"127.0.0.1"});
    const auto once = named("once");
    BOOST_TEST(connect(connections, once).has_value());
    reusable(here).release();
    now += std::chrono::seconds(61);
    listener.accept();
    listener.accept().close();  // what a sweep notices
    run_until([&] { return idle(connections) == 0; });
    BOOST_TEST(service.asked.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
