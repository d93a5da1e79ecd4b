// config/ferry.toml and config/examples/ against the table of keys, so that neither can drift from the other.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "app/config/keys.hpp"
#include "app/config_text.hpp"

using ferry::test::source_root;

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct described_key {
    std::string name;  // section.key
    bool active;       // false: the line begins with `#`
    bool explained;    // a comment stands right above it, or above its group
    unsigned line;
};

// The keys as a reader of the file sees them.
std::vector<described_key> described_keys(const std::string& text) {
    static const std::regex section_line(R"(\[(\w+)\])");
    static const std::regex key_line(R"((#?)(\w+) = .*)");
    std::vector<described_key> found;
    std::istringstream lines(text);
    std::string section, line;
    bool explained = false;
    for (unsigned number = 1; std::getline(lines, line); ++number) {
        std::smatch match;
        if (std::regex_match(line, match, section_line)) {
            section = match[1];
        } else if (std::regex_match(line, match, key_line)) {
            found.push_back({section + "." + match[2].str(), match[1].length() == 0, explained, number});
        } else if (line.starts_with("# ")) {
            explained = true;
        } else if (line.empty()) {
            explained = false;
        }
    }
    return found;
}

std::string with_every_key_active(const std::string& text) {
    return std::regex_replace(text, std::regex(R"((^|\n)#(\w+ = ))"), "$1$2");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shipped_files)

BOOST_AUTO_TEST_CASE(the_reference_file_describes_every_key_of_the_table_once_and_no_other) {
    std::multiset<std::string> in_file, in_table;
    for (const auto& key : described_keys(read_file(source_root() / "config/ferry.toml"))) {
        in_file.insert(key.name);
        BOOST_TEST(key.explained, key.name << " has no comment above it");
    }
    for (const auto& rule : ferry::app::key_table()) {
        in_table.insert(std::string(rule.section) + "." + std::string(rule.name));
    }
    BOOST_CHECK_EQUAL_COLLECTIONS(in_file.begin(), in_file.end(), in_table.begin(), in_table.end());
}

BOOST_AUTO_TEST_CASE(only_keys_without_effect_or_default_are_commented_out_in_the_reference_file) {
    // Or with one that depends on store.url.
    const std::set<std::string> no_default{
        "upstream.ca_file",       "store.refresh_interval", "store.auto_migrate",          "store.snapshot_file",
        "server.tls_certificate", "server.tls_key",         "server.unix_socket_group",    "upstream.proxy",
        "budget.webhook",         "budget.webhook_secret",  "upstream.client_certificate", "upstream.client_key"};
    for (const auto& key : described_keys(read_file(source_root() / "config/ferry.toml"))) {
        const auto dot = key.name.find('.');
        const auto* rule = ferry::app::find_key(key.name.substr(0, dot), key.name.substr(dot + 1));
        BOOST_TEST_REQUIRE(rule != nullptr, key.name);
        BOOST_TEST(key.active == !no_default.contains(key.name), key.name);
    }
}

BOOST_AUTO_TEST_CASE(the_values_of_the_reference_file_are_the_defaults) {
    const std::string path = (source_root() / "config/ferry.toml").string();
    const auto from_file = ferry::app::load_settings({path, {}, {}});
    BOOST_TEST(ferry::test::shown(from_file.faults).empty());
    BOOST_TEST(ferry::test::shown(from_file.warnings).empty());
    BOOST_TEST((from_file.loaded == ferry::app::load_settings({}).loaded));
}

BOOST_AUTO_TEST_CASE(each_key_that_is_commented_out_is_valid) {
    const auto loaded = ferry::test::load_text(with_every_key_active(read_file(source_root() / "config/ferry.toml")));
    BOOST_TEST(loaded.faults.empty());
    BOOST_TEST(loaded.warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_examples_load_and_warn_of_nothing_but_the_admin_listener) {
    unsigned examples = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source_root() / "config/examples")) {
        const auto result = ferry::app::load_settings({entry.path().string(), {}, {}});
        BOOST_TEST_CONTEXT(entry.path().filename()) {
            BOOST_TEST(ferry::test::shown(result.faults).empty());
            for (const auto& warning : result.warnings) {
                BOOST_TEST(warning.key == "server.admin_listen", ferry::app::to_text(warning));
            }
        }
        ++examples;
    }
    BOOST_TEST(examples == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
