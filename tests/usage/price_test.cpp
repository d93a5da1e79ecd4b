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

BOOST_AUTO_TEST_CASE(parts_with_a_price_of_their_own_are_taken_out_of_their_whole_in_order) {
    ferry::usage::bill_prices price;
    price.tokens = {1000, 3000, 100};
    price.further.cache_write = 7;
    price.further.audio_input = 11;
    price.further.audio_output = 13;
    price.further.reasoning = 17;
    ferry::openai::token_usage used;
    used.prompt = 10;
    used.cached = 4;
    used.cache_write = 3;
    used.audio = 9;
    used.audio_output = 4;
    used.completion = 6;
    used.reasoning = 9;
    const auto bill = ferry::usage::bill_of(price, used);
    BOOST_TEST(bill.total().pico == 4 * 100 + 3 * 7 + 3 * 11 + 4 * 13 + 2 * 17);
    // Without prices of their own they cost what the rest does.
    price.further = {};
    BOOST_TEST(bill_of(price, used).total().pico == cost_of(price.tokens, 10, 4, 6).pico);
}

BOOST_AUTO_TEST_CASE(units_and_the_request_are_added_and_saturate_as_well) {
    ferry::usage::bill_prices price;
    price.unit_pico = 5;
    price.further.request = 2;
    BOOST_TEST(bill_of(price, {}, 3).total().pico == 17);
    BOOST_TEST(bill_of(price, {}, 3).lines().size() == 2u);
    price.unit_pico = most;
    BOOST_TEST(bill_of(price, {}, most).total().is_saturated);
    BOOST_TEST(bill_of(price, {}, 1).total().is_saturated);
    price.further.request = 0;
    BOOST_TEST(!bill_of(price, {}, 1).total().is_saturated);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
