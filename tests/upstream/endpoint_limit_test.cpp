#include <thread>

#include "upstream/pool_fixture.hpp"

using namespace ferry;
using namespace ferry::upstream;

namespace {

struct limit_fixture : testing::pool_fixture {
    socket_budget sockets;
    options settings = limited();
    pool connections{context, wheel, buffers, lookup, settings};
    std::optional<result<lease>> waiting, behind;

    limit_fixture() { connections.share(sockets); }
    static options limited() {
        options made;
        made.max_connections_per_endpoint = 1;
        return made;
    }
    void begin_waiting(std::optional<result<lease>>& into, net::interrupt_slot& with) {
        const auto until = steady::now() + std::chrono::seconds(10);
        start(test::keep_result(connections.connect(here, until, with), into));
        turn();
        BOOST_TEST(!into);
    }
};

// A second core, whose loop runs on a thread of its own.
struct other_core : testing::pool_fixture {
    explicit other_core(socket_budget& sockets) { connections.share(sockets); }
    ~other_core() { stop(); }
    void run_loop() {
        loop = std::thread([this] {
            context.restart();
            context.run();
        });
    }
    void stop() {
        work.reset();
        context.stop();
        if (loop.joinable()) loop.join();
    }

    pool connections{context, wheel, buffers, lookup, limit_fixture::limited()};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
    std::thread loop;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(endpoint_limit_suite, limit_fixture)

BOOST_AUTO_TEST_CASE(who_waits_is_lent_the_connection_that_is_given_back_in_the_order_of_coming) {
    auto first = connect(connections, here);
    BOOST_TEST(connections.is_full(here));
    begin_waiting(waiting, slot);
    begin_waiting(behind, slot);
    first->mark_reusable();
    first->release();
    run_until([&] { return waiting.has_value(); });
    BOOST_REQUIRE(waiting->has_value());
    BOOST_TEST((**waiting)->was_used);
    BOOST_TEST(!behind);
    // One that cannot be used again makes room for a new one.
    (*waiting)->release();
    run_until([&] { return behind.has_value(); });
    BOOST_REQUIRE(behind->has_value());
    BOOST_TEST(!(**behind)->was_used);
    const auto shown = connections.status()[0];
    BOOST_TEST(shown.opened == 2);
    BOOST_TEST(shown.waited == 2);
    BOOST_TEST(shown.in_use == 1);
}

BOOST_AUTO_TEST_CASE(who_waits_too_long_hears_which_limit_it_was_and_who_leaves_is_not_served) {
    auto first = connect(connections, here);
    const auto got = connect(connections, here, std::chrono::milliseconds(30));
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST((got.error().code == fault_code::overloaded));
    BOOST_TEST(got.error().retry_after.has_value());
    BOOST_TEST(got.error().for_operator.find("upstream.max_connections_per_endpoint = 1") != std::string::npos);
    net::interrupt_slot leaving;
    begin_waiting(waiting, leaving);
    leaving.interrupt();
    run_until([&] { return waiting.has_value(); });
    BOOST_TEST((waiting->error().code == fault_code::client_gone));
    first->release();
    BOOST_TEST(connect(connections, here, std::chrono::seconds(10)).has_value());
    BOOST_TEST(connections.status()[0].refused == 1);
}

BOOST_AUTO_TEST_CASE(other_endpoints_have_their_own_number_and_a_failed_connect_keeps_none) {
    const auto first = connect(connections, here);
    const test::tcp_listener other;
    const auto elsewhere = at("http", "127.0.0.1", other.port());
    BOOST_TEST(connect(connections, elsewhere).has_value());
    const auto nowhere = at("http", "127.0.0.9", other.port());
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST((connect(connections, nowhere).error().code == fault_code::upstream_unreachable));
    }
}

BOOST_AUTO_TEST_CASE(an_idle_connection_of_this_core_makes_way) {
    const auto peer = make_idle(connections);
    BOOST_TEST(!connections.is_full(here));
    BOOST_TEST(connect(connections, here).has_value());
    BOOST_TEST(peer.receive() == "");
}

BOOST_AUTO_TEST_CASE(an_idle_connection_of_another_core_is_closed_for_who_waits) {
    other_core second(sockets);
    {
        auto leased = second.connect(second.connections, here);
        BOOST_REQUIRE(leased.has_value());
        leased->mark_reusable();
    }
    const auto peer = listener.accept();
    BOOST_TEST(!connections.is_full(here));
    second.run_loop();
    const auto got = connect(connections, here);
    BOOST_TEST(got.has_value());
    BOOST_TEST(peer.receive() == "");
    second.stop();
}

BOOST_AUTO_TEST_SUITE_END()
