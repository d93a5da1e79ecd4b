// Environment and --set: their names, their faults, and which of the sources wins.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "app/config_text.hpp"

using ferry::test::load_sources;
using ferry::test::load_text;

BOOST_AUTO_TEST_SUITE(sources)

BOOST_AUTO_TEST_CASE(every_kind_of_value_can_come_from_the_environment) {
    const auto loaded = load_sources({{"FERRY_SERVER_LISTEN", "127.0.0.1:0, [::1]:0"},
                                      {"FERRY_SERVER_THREADS", "3"},
                                      {"FERRY_SERVER_DRAIN_GRACE", "0s"},
                                      {"FERRY_AUTH_REQUIRED", "false"},
                                      {"FERRY_LIMITS_BODY_MEMORY", "1GB"},
                                      {"FERRY_LIMITS_HEADER_BYTES", "4096"},
                                      {"FERRY_USAGE_DURABILITY", "power"},
                                      {"FERRY_UPSTREAM_DENIED_NETWORKS", ""}});
    BOOST_TEST(loaded.faults.empty());
    const auto& server = loaded.settings.server;
    BOOST_TEST((server.listen == std::vector<std::string>{"127.0.0.1:0", "[::1]:0"}));
    BOOST_TEST(server.threads == 3u);
    BOOST_TEST(server.drain_grace.count() == 0);
    BOOST_TEST(!server.auth_required);
    BOOST_TEST(server.limits.body_memory == 1'000'000'000u);
    BOOST_TEST(server.limits.header_bytes == 4096u);
    BOOST_TEST((loaded.settings.usage.durability == ferry::usage::durability::power));
    BOOST_TEST(loaded.settings.upstream.denied_networks.empty());
}

BOOST_AUTO_TEST_CASE(a_fault_from_outside_the_file_names_the_variable_or_the_option) {
    struct bad_source {
        std::map<std::string, std::string> environment;
        std::vector<std::string> sets;
        std::string message;
    };
    const std::vector<bad_source> cases = {
        {{{"FERRY_SERVER_THREADS", "four"}},
         {},
         "FERRY_SERVER_THREADS: server.threads: must be an integer from 0 to 1024, not \"four\""},
        {{{"FERRY_SERVER_LISSTEN", "x"}},
         {},
         "FERRY_SERVER_LISSTEN: server.lissten: unknown key; did you mean FERRY_SERVER_LISTEN?"},
        {{{"FERRY_TIMEOUTS_IDLE", "30"}},
         {},
         "FERRY_TIMEOUTS_IDLE: timeouts.idle: must be a duration from 1ms to 24h with its unit, such as \"250ms\", "
         "\"5s\", \"2m\" or \"1h\", not \"30\"; did you mean \"30s\" or \"30ms\"?"},
        {{{"FERRY_AUTH_REQUIRED", "no"}},
         {},
         "FERRY_AUTH_REQUIRED: auth.required: must be true or false, not \"no\"; did you mean false?"},
        {{}, {"server.thread=4"}, "--set: server.thread: unknown key; did you mean server.threads?"},
        {{},
         {"sever.threads=4"},
         "--set: sever: unknown section; there are server, auth, limits, timeouts, upstream, retry, hedge, circuit, "
         "store, "
         "usage, conversations, budget, stream, log; did you mean server?"},
        {{}, {"server.threads"}, "--set: needs the form section.key=value, such as server.threads=4"},
        {{}, {"threads=4"}, "--set: needs the form section.key=value, such as server.threads=4"},
    };
    for (const auto& [environment, sets, message] : cases) {
        const auto faults = load_sources(environment, sets).faults;
        BOOST_TEST_CONTEXT(message) {
            BOOST_TEST_REQUIRE(faults.size() == 1u);
            BOOST_TEST(faults[0] == message);
        }
    }
}

BOOST_AUTO_TEST_CASE(names_that_belong_to_somebody_else_are_left_alone) {
    const auto loaded = load_sources({{"FERRY_BIN", "/usr/bin/ferry"},
                                      {"FERRY_LOG", "x"},
                                      {"FERRY_SERVERS_LISTEN", "x"},
                                      {"FERRY_", "x"},
                                      {"SERVER_THREADS", "x"}});
    BOOST_TEST(loaded.faults.empty());
    BOOST_TEST(loaded.warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_command_line_wins_over_the_environment_and_that_over_the_file) {
    const ferry::test::scratch_folder folder;
    const std::string path = folder / "ferry.toml";
    ferry::test::write_file(path, "[server]\nthreads = 1\nmax_connections = 11\n[log]\nlevel = \"debug\"\n");
    const auto result = ferry::app::load_settings(
        {path, {"server.threads=3"}, {{"FERRY_SERVER_THREADS", "2"}, {"FERRY_SERVER_MAX_CONNECTIONS", "22"}}});
    BOOST_TEST(result.faults.empty());
    BOOST_TEST(result.loaded.server.threads == 3u);
    BOOST_TEST(result.loaded.server.max_connections == 22u);
    BOOST_TEST((result.loaded.log.level == ferry::log_level::debug));
}

BOOST_AUTO_TEST_CASE(database_url_sets_the_store_unless_the_exact_variable_does) {
    BOOST_TEST(load_sources({{"DATABASE_URL", "sqlite:/a/b.db"}}).settings.store.url == "sqlite:/a/b.db");
    BOOST_TEST(load_sources({{"DATABASE_URL", "sqlite:/a"}, {"FERRY_STORE_URL", "sqlite:/b"}}).settings.store.url ==
               "sqlite:/b");
    const auto empty = load_sources({{"DATABASE_URL", ""}}).faults;
    BOOST_REQUIRE_EQUAL(empty.size(), 1u);
    BOOST_TEST(empty[0].find("DATABASE_URL: store.url: is empty: give it the address") == 0u);
    BOOST_TEST(load_sources({{"DATABASE_URL", ""}, {"FERRY_STORE_URL", "sqlite:/b"}}).faults.empty());
}

BOOST_AUTO_TEST_CASE(a_bad_store_url_is_refused_without_repeating_its_password) {
    const std::string url = "postgres://ferry:hunter2@db/ferry?nonsense=1";
    const std::string text =
        ": store.url: has a parameter behind its `?` that PostgreSQL does not know: leave it out (they are listed in "
        "its manual, under libpq, Parameter Key Words); a `/` or `?` of a password is written %2F or %3F";
    BOOST_TEST(load_sources({{"DATABASE_URL", url}}).faults.at(0) == "DATABASE_URL" + text);
    BOOST_TEST(load_sources({}, {"store.url=" + url}).faults.at(0) == "--set" + text);
    BOOST_TEST(load_text("[store]\nurl = \"" + url + "\"").faults.at(0) == "F:2:7" + text);
    const auto other = load_sources({{"DATABASE_URL", "mysql://ferry:hunter2@db/ferry"}}).faults;
    BOOST_TEST(other.at(0) ==
               "DATABASE_URL: store.url: must be \"sqlite:\" and the path of a file, such as \"sqlite:var/ferry.db\", "
               "or \"postgres://...\"");
}

BOOST_AUTO_TEST_CASE(a_server_has_other_defaults_than_a_file) {
    const auto server = load_sources({{"DATABASE_URL", "postgres://ferry@db/ferry"}}).settings.store;
    BOOST_TEST(server.url == "postgres://ferry@db/ferry");
    BOOST_TEST((server.refresh_interval == std::chrono::seconds(5)));
    BOOST_TEST(!server.auto_migrate);
    BOOST_TEST(server.snapshot_file == std::filesystem::current_path().string() + "/var/catalog.snapshot");
    const auto chosen = load_sources({{"DATABASE_URL", "postgres://ferry@db/ferry"}},
                                     {"store.refresh_interval=1s", "store.auto_migrate=true", "store.snapshot_file="})
                            .settings.store;
    BOOST_TEST((chosen.refresh_interval == std::chrono::seconds(1)));
    BOOST_TEST(chosen.auto_migrate);
    BOOST_TEST(chosen.snapshot_file == "");
    BOOST_TEST(load_sources({}).settings.store.snapshot_file == "");
}

BOOST_AUTO_TEST_CASE(relative_paths_become_absolute_also_the_default_ones) {
    const std::string here = std::filesystem::current_path().string();
    const auto defaults = load_sources({}).settings;
    BOOST_TEST(defaults.store.url == "sqlite:" + here + "/var/ferry.db");
    BOOST_TEST(defaults.usage.journal_dir == here + "/var/journal");
    const auto chosen = load_sources({{"FERRY_USAGE_JOURNAL_DIR", "./x/../journal"},
                                      {"FERRY_UPSTREAM_CA_FILE", "ca.pem"},
                                      {"FERRY_SERVER_LISTEN", "unix:ferry.sock"}})
                            .settings;
    BOOST_TEST(chosen.usage.journal_dir == here + "/journal");
    BOOST_TEST(chosen.upstream.ca_file == here + "/ca.pem");
    BOOST_TEST(chosen.server.listen.at(0) == "unix:" + here + "/ferry.sock");
}

BOOST_AUTO_TEST_SUITE_END()
