#include "usage/price.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using ferry::usage::cost_of;
using ferry::usage::token_prices;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

BOOST_AUTO_TEST_SUITE(price)

BOOST_AUTO_TEST_CASE(cached_tokens_are_part_of_the_prompt_and_have_their_own_price) {
    constexpr token_prices price{1000, 3000, 100};
    BOOST_TEST(cost_of(price, 10, 4, 5).pico == 6 * 1000 + 4 * 100 + 5 * 3000);
    BOOST_TEST(!cost_of(price, 10, 4, 5).is_saturated);
}

BOOST_AUTO_TEST_CASE(more_cached_tokens_than_prompt_are_taken_as_the_whole_prompt) {
    BOOST_TEST(cost_of({1000, 3000, 100}, 10, 99, 0).pico == 1000);
}

BOOST_AUTO_TEST_CASE(negative_counts_and_prices_cost_nothing) {
    BOOST_TEST(cost_of({1000, 3000, 100}, -10, -4, -5).pico == 0);
    BOOST_TEST(cost_of({-1000, -3000, -100}, 10, 4, 5).pico == 0);
}

BOOST_AUTO_TEST_CASE(a_sum_that_does_not_fit_is_the_largest_there_is_and_says_so) {
    BOOST_TEST(cost_of({most, 0, 0}, 1, 0, 0).pico == most);
    BOOST_TEST(!cost_of({most, 0, 0}, 1, 0, 0).is_saturated);
    BOOST_TEST(cost_of({most, 1, 0}, 1, 0, 1).is_saturated);
    const auto all = cost_of({most, most, most}, most, most / 2, most);
    BOOST_TEST(all.pico == most);
    BOOST_TEST(all.is_saturated);
}

BOOST_AUTO_TEST_CASE(usage_the_upstream_did_not_tell_costs_nothing) {
    ferry::openai::token_usage used;
    BOOST_TEST(cost_of({5, 6, 7}, used).pico == 0);
    used.completion = 2;
    BOOST_TEST(cost_of({5, 6, 7}, used).pico == 12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
