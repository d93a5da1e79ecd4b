#include "app/cli/check.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "app/config_text.hpp"
#include "store/database.hpp"

namespace fs = std::filesystem;
using ferry::app::check_surroundings;

namespace {

// A folder with a configuration that is in order; the store does not exist yet.
struct place {
    ferry::test::scratch_folder folder;
    ferry::app::settings settings = ferry::app::load_settings({}).loaded;

    place() {
        settings.store.url = "sqlite:" + (folder / "var/ferry.db");
        settings.usage.journal_dir = folder / "var/journal";
    }

    void make_store(const std::string& sql) const {
        const auto db = ferry::store::open(settings.store);
        db->migrate();
        db->sql()->run(sql, [](const ferry::store::sql_result&) {});
    }

    // What is in the folder, to see that looking changed nothing.
    std::set<std::string> contents() const {
        std::set<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(folder.string())) names.insert(entry.path().string());
        return names;
    }
};

bool mentions(const std::vector<std::string>& texts, const std::string& wanted) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(wanted) != std::string::npos; });
}

constexpr auto good_row =
    "INSERT INTO ai_models (model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled)"
    " VALUES ('demo', 'Demo', 'other', 'http://127.0.0.1:9/v1', 'k', 0.001, 1);";

}  // namespace

BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(a_store_that_serve_will_create_is_in_order_and_is_not_created_by_looking) {
    const place here;
    const auto report = check_surroundings(here.settings);
    BOOST_TEST(report.faults.empty());
    BOOST_TEST(mentions(report.notes, "does not exist yet; `ferry serve` creates it"));
    BOOST_TEST(here.contents().empty());
}

BOOST_AUTO_TEST_CASE(a_missing_store_that_serve_will_not_create_is_a_fault) {
    place here;
    here.settings.store.auto_migrate = false;
    const auto report = check_surroundings(here.settings);
    BOOST_TEST_REQUIRE(report.faults.size() == 1u);
    BOOST_TEST(report.faults[0] ==
               "store.url: " + (here.folder / "var/ferry.db") + " does not exist; run `ferry migrate`");
}

BOOST_AUTO_TEST_CASE(a_good_store_is_counted) {
    const place here;
    here.make_store(good_row);
    const auto report = check_surroundings(here.settings);
    BOOST_TEST(report.faults.empty());
    BOOST_TEST(mentions(report.notes, "(models: 1, keys: 0)"));
}

BOOST_AUTO_TEST_CASE(every_row_that_would_be_refused_is_named_at_once) {
    const place here;
    here.make_store(std::string(good_row) +
                    "INSERT INTO ai_models (model_name, api_endpoint) VALUES ('no-scheme', 'example.com/v1');"
                    "INSERT INTO ai_models (model_name, api_endpoint) VALUES ('line\nend', 'ftp://example.com/v1');");
    const auto report = check_surroundings(here.settings);
    BOOST_TEST(report.faults.size() == 2u);
    BOOST_TEST(mentions(report.faults, "store: ai_models id 2 \"no-scheme\": "));
    BOOST_TEST(mentions(report.faults, "store: ai_models id 3 \"line\\nend\": "));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_store_is_a_fault) {
    const place here;
    fs::create_directory(here.folder / "var");
    ferry::test::write_file(here.folder / "var/ferry.db", "this is no database, whatever its name may be\n");
    const auto report = check_surroundings(here.settings);
    BOOST_TEST_REQUIRE(report.faults.size() == 1u);
    BOOST_TEST(report.faults[0].starts_with("store: "), report.faults[0]);
}

BOOST_AUTO_TEST_CASE(places_that_cannot_be_used_are_all_named_at_once) {
    place here;
    ferry::test::write_file(here.folder / "file", "");
    here.settings.store.url = "sqlite:" + (here.folder / "file/ferry.db");
    here.settings.usage.journal_dir = here.folder / "file/journal";
    here.settings.server.listen = {"unix:" + (here.folder / "none/ferry.sock")};
    here.settings.upstream.ca_file = here.folder / "none.pem";
    const auto faults = check_surroundings(here.settings).faults;
    const std::string file = here.folder / "file";
    BOOST_TEST(faults.size() == 4u);
    BOOST_TEST(mentions(faults, "usage.journal_dir: " + file + " is not a folder; choose another folder"));
    BOOST_TEST(mentions(faults, "store.url: " + file + " is not a folder; choose another place"));
    BOOST_TEST(mentions(faults, (here.folder / "none") + " must be a folder that this user may write to"));
    BOOST_TEST(mentions(faults, "upstream.ca_file: " + (here.folder / "none.pem") + " cannot be read"));
}

BOOST_AUTO_TEST_SUITE_END()
