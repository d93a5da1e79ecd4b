#include "app/config/restart_keys.hpp"

#include <boost/test/unit_test.hpp>

using ferry::app::keep_until_restart;
using ferry::app::settings;

BOOST_AUTO_TEST_SUITE(restart_keys)

BOOST_AUTO_TEST_CASE(what_a_running_process_cannot_change_stays_and_is_named) {
    settings running, loaded;
    loaded.server.threads = 7;
    loaded.store.url = "sqlite:elsewhere.db";
    loaded.usage.journal_dir = "elsewhere";
    loaded.server.auth_required = false;
    const std::vector<std::string> named{"server.threads", "store.url", "usage.journal_dir"};
    BOOST_TEST((keep_until_restart(running, loaded) == named));
    running.server.auth_required = false;
    BOOST_TEST((loaded == running));
}

BOOST_AUTO_TEST_CASE(an_unchanged_configuration_needs_no_restart) {
    const settings running;
    settings loaded;
    BOOST_TEST(keep_until_restart(running, loaded).empty());
}

BOOST_AUTO_TEST_SUITE_END()
