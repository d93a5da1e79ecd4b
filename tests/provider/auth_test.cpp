#include <boost/test/unit_test.hpp>

#include "provider/table.hpp"

using namespace ferry::provider;

namespace {

// "name: value", "" for no header, "refused" for an unknown scheme.
std::string header(std::string_view scheme, std::string_view host, std::string_view key) {
    const auto made = find_provider("other").auth(scheme, host, key);
    if (!made) return "refused";
    return made.value() ? made.value()->name + ": " + made.value()->value : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(auth_suite)

BOOST_AUTO_TEST_CASE(the_key_travels_as_the_scheme_says) {
    BOOST_TEST(header("", "api.openai.com", "k") == "authorization: Bearer k");
    BOOST_TEST(header("Bearer", "h", " k ") == "authorization: Bearer k");
    BOOST_TEST(header("api-key", "h", "k") == "api-key: k");
    BOOST_TEST(header("x-api-key", "h", "k") == "x-api-key: k");
    BOOST_TEST(header("none", "h", "k").empty());
    BOOST_TEST(header("X-Token: abc def", "h", "k") == "x-token: abc def");
}

BOOST_AUTO_TEST_CASE(azure_takes_its_own_header_by_default) {
    BOOST_TEST(header("", "R.OpenAI.Azure.com", "k") == "api-key: k");
    BOOST_TEST(header("", "r.cognitiveservices.azure.com", "k") == "api-key: k");
    BOOST_TEST(header("", "r.services.ai.azure.com", "k") == "api-key: k");
    BOOST_TEST(header("", "r.openai.azure.us", "k") == "api-key: k");
    BOOST_TEST(header("", "eastus.api.cognitive.microsoft.com", "k") == "api-key: k");
    BOOST_TEST(header("", "r.openai.azure.com.", "k") == "api-key: k");
    BOOST_TEST(header("", "services.ai.azure.com.example.org", "k") == "authorization: Bearer k");
    BOOST_TEST(header("", "management.azure.com", "k") == "authorization: Bearer k");
    BOOST_TEST(header("bearer", "r.openai.azure.com", "k") == "authorization: Bearer k");
}

BOOST_AUTO_TEST_CASE(an_empty_key_sends_no_header_and_bearer_is_not_doubled) {
    BOOST_TEST(header("", "localhost", "").empty());
    BOOST_TEST(header("api-key", "localhost", " ").empty());
    BOOST_TEST(header("", "h", "Bearer k") == "authorization: Bearer k");
    BOOST_TEST(header("", "h", "bearer k") == "authorization: bearer k");
}

BOOST_AUTO_TEST_CASE(an_unknown_scheme_is_named) {
    BOOST_TEST(header("digest", "h", "k") == "refused");
    BOOST_TEST(header("bad name: x", "h", "k") == "refused");
    BOOST_TEST(find_provider("").auth("digest", "h", "k").error().message.find("'digest'") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
