#include "access/credentials.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using access::credential_headers;
using access::presented_key;

namespace {

using value = std::optional<std::string_view>;

struct scene {
    value authorization, api_key, x_api_key;
};

auto key_of(const scene& s) {
    credential_headers headers;
    headers.authorization = s.authorization;
    headers.api_key = s.api_key;
    headers.x_api_key = s.x_api_key;
    return presented_key(headers);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(credentials)

BOOST_AUTO_TEST_CASE(the_key_is_found_in_any_of_the_three_headers) {
    const scene scenes[] = {
        {"Bearer the-key", {}, {}},    {"bearer the-key", {}, {}},
        {"BEARER the-key", {}, {}},    {"Bearer   the-key", {}, {}},
        {"Bearer\tthe-key\t", {}, {}}, {" Bearer the-key ", {}, {}},
        {{}, "the-key", {}},           {{}, " \tthe-key ", {}},
        {{}, {}, "the-key"},           {"Bearer the-key", "the-key", "the-key"},
        {"Bearer the-key", "", {}},    {"Basic dXNlcjpwdw==", {}, "the-key"},
        {"", "the-key", {}},
    };
    for (const scene& s : scenes) {
        const auto key = key_of(s);
        BOOST_REQUIRE_MESSAGE(key, s.authorization.value_or("-") << '|' << s.api_key.value_or("-"));
        BOOST_TEST(*key == "the-key");
    }
}

BOOST_AUTO_TEST_CASE(a_request_without_a_key_in_a_known_form_presents_none) {
    const scene scenes[] = {
        {{}, {}, {}},
        {"", "", ""},
        {"Bearer", {}, {}},
        {"Bearer  \t ", {}, {}},
        {"the-key", {}, {}},
        {"Bearerthe-key", {}, {}},
        {"Basic the-key", {}, {}},
        {"Bear the-key", {}, {}},
        {"Bearers the-key", {}, {}},
        {{}, " ", {}},
    };
    for (const scene& s : scenes) {
        const auto key = key_of(s);
        BOOST_REQUIRE_MESSAGE(key, s.authorization.value_or("-"));
        BOOST_TEST(*key == "");
    }
}

BOOST_AUTO_TEST_CASE(two_keys_that_differ_are_refused) {
    const scene scenes[] = {
        {"Bearer one", "two", {}},
        {"Bearer one", {}, "two"},
        {{}, "one", "two"},
        {"Bearer one", "one", "One"},
    };
    for (const scene& s : scenes) {
        const auto key = key_of(s);
        BOOST_REQUIRE(!key);
        BOOST_TEST((key.error().code == ferry::fault_code::invalid_api_key));
        BOOST_TEST((key.error().source == ferry::fault_source::client));
    }
}

BOOST_AUTO_TEST_CASE(a_key_keeps_the_bytes_between_its_ends) {
    BOOST_TEST(*key_of({"Bearer a b\tc", {}, {}}) == "a b\tc");
    BOOST_TEST(*key_of({"Bearer Bearer x", {}, {}}) == "Bearer x");
}

BOOST_AUTO_TEST_SUITE_END()
