#include "relay/tries/answer_fields.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

using ferry::relay::is_limit_field;
using ferry::relay::is_request_id;

BOOST_AUTO_TEST_SUITE(answer_fields)

BOOST_AUTO_TEST_CASE(limits_have_the_form_of_a_count_or_a_time) {
    for (const auto* value : {"0", "149984", "6m0s", "12ms", "1.5s", "1h2m3.5s"}) {
        BOOST_TEST(is_limit_field("x-ratelimit-remaining-tokens", value), value);
    }
    for (const auto* value : {"", "s", "unlimited", "sk-secret", "12 sk-secret", "1,2", "AIza1",
                              "12345678901234567890abcdef"}) {
        BOOST_TEST(!is_limit_field("x-ratelimit-remaining-tokens", value), value);
    }
    BOOST_TEST(is_limit_field("X-RateLimit-Reset", "1"));
    for (const auto* name : {"x-ratelimit-", "x-rate-limit-a", "set-cookie", "x-ratelimit-sk-0123456789abcdef",
                             "x-ratelimit-a_b", "x-ratelimit-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        BOOST_TEST(!is_limit_field(name, "1"), name);
    }
}

BOOST_AUTO_TEST_CASE(request_ids_are_words_and_repeat_no_secret) {
    const std::array<std::string_view, 1> secrets{"0123456789abcdef"};
    for (const auto* value : {"req_011CU", "0198c0de-1234", "8b7-SJC", "a/b+c="}) {
        BOOST_TEST(is_request_id(value, secrets), value);
    }
    for (const auto& value : {std::string(), std::string("a b"), std::string("sk-abcdefgh"), std::string(129, 'a'),
                              std::string("x-0123456789abcdef-y")}) {
        BOOST_TEST(!is_request_id(value, secrets), value);
    }
}

BOOST_AUTO_TEST_SUITE_END()
