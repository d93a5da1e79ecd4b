#include "app/retired_snapshots.hpp"

#include <boost/test/unit_test.hpp>
#include <future>
#include <memory>
#include <thread>

using namespace ferry;

namespace {

// A catalog whose end tells which thread it came on.
struct watched_snapshot {
    std::promise<std::thread::id> freed;
    access::snapshot parts;

    watched_snapshot() {
        parts.models = catalog::catalog_ptr(new catalog::catalog({}), [this](const catalog::catalog* which) {
            delete which;
            freed.set_value(std::this_thread::get_id());
        });
        parts.keys = std::make_shared<const access::key_table>();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(retired_snapshots)

BOOST_AUTO_TEST_CASE(what_a_core_lets_go_of_last_is_freed_elsewhere) {
    auto elsewhere = std::make_unique<store::store_thread>("elsewhere", [](const std::string&) {});
    app::retired_snapshots retired(*elsewhere);
    watched_snapshot watched;
    access::snapshot pinned = watched.parts;
    retired.add(std::exchange(watched.parts, {}));
    auto freed = watched.freed.get_future();
    std::promise<void> looked;
    elsewhere->post([&looked] { looked.set_value(); });
    looked.get_future().wait();
    BOOST_TEST((freed.wait_for(std::chrono::seconds(0)) == std::future_status::timeout));
    pinned = {};  // the last request that began with it has ended, here
    BOOST_TEST_REQUIRE((freed.wait_for(std::chrono::seconds(30)) == std::future_status::ready));
    BOOST_TEST((freed.get() != std::this_thread::get_id()));
    elsewhere.reset();  // ends first, as in the application
}

BOOST_AUTO_TEST_SUITE_END()
