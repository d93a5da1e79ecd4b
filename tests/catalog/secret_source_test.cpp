#include "catalog/secret_source.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ferry;
using catalog::read_secret;

namespace {

// A folder that goes away with the test.
struct folder {
    folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ferry-secret-XXXXXX").string();
        path = mkdtemp(pattern.data());
    }
    ~folder() { std::filesystem::remove_all(path); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
        return "file:" + (path / name).string();
    }
    std::filesystem::path path;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_source)

BOOST_AUTO_TEST_CASE(only_the_two_prefixes_make_a_reference) {
    for (const char* text : {"env:NAME", "file:/run/secrets/key", "env:", "file:"})
        BOOST_TEST(catalog::is_secret_reference(text), text);
    for (const char* text : {"", "sk-env:NAME", "ENV:NAME", " env:NAME", "env", "files:x"})
        BOOST_TEST(!catalog::is_secret_reference(text), text);
}

BOOST_AUTO_TEST_CASE(a_key_is_read_from_the_environment) {
    setenv("FERRY_TEST_KEY", "sk-canary", 1);
    const auto key = read_secret("env:FERRY_TEST_KEY");
    BOOST_REQUIRE(key);
    BOOST_TEST(key->reveal() == "sk-canary");
    setenv("FERRY_TEST_KEY", "", 1);
    BOOST_TEST(!read_secret("env:FERRY_TEST_KEY").has_value());
    unsetenv("FERRY_TEST_KEY");
}

BOOST_AUTO_TEST_CASE(a_missing_variable_is_named) {
    const auto key = read_secret("env:FERRY_NO_SUCH_VARIABLE");
    BOOST_REQUIRE(!key);
    BOOST_TEST(key.error().message.find("'FERRY_NO_SUCH_VARIABLE'") != std::string::npos);
    BOOST_TEST(!read_secret("env:").has_value());
}

BOOST_AUTO_TEST_CASE(line_ends_at_the_end_of_a_file_are_cut_off) {
    const folder here;
    for (const char* text : {"sk-canary", "sk-canary\n", "sk-canary\r\n", "sk-canary\n\n"}) {
        const auto key = read_secret(here.write("key", text));
        BOOST_REQUIRE(key);
        BOOST_TEST(key->reveal() == "sk-canary");
    }
    BOOST_TEST(read_secret(here.write("key", "a\nb\n"))->reveal() == "a\nb");
}

BOOST_AUTO_TEST_CASE(a_file_that_gives_no_key_is_named_without_what_it_holds) {
    const folder here;
    const std::string largest(16 * 1024, 'k');
    BOOST_TEST(read_secret(here.write("largest", largest)).has_value());
    const struct {
        std::string reference, reason;
    } cases[] = {
        {here.write("large", largest + "canary"), "larger than 16 KiB"},
        {here.write("empty", ""), "is empty"},
        {here.write("newlines", "\n\n"), "is empty"},
        {"file:" + (here.path / "gone").string(), "not there"},
        {"file:" + here.path.string(), "no regular file"},
        {"file:/dev/zero", "no regular file"},
        {"file:", "not there"},
    };
    for (const auto& one : cases) {
        const auto key = read_secret(one.reference);
        BOOST_REQUIRE_MESSAGE(!key, one.reference);
        BOOST_TEST(key.error().message.find(one.reason) != std::string::npos, key.error().message);
        BOOST_TEST(key.error().message.find(one.reference.substr(5)) != std::string::npos, key.error().message);
        BOOST_TEST(key.error().message.find("canary") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
