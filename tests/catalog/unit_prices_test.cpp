#include "catalog/unit_prices.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::catalog {
namespace {

constexpr prices base{.input = 10, .output = 20, .cached_input = 1};

std::string fault_of(std::string_view column) {
    const auto parsed = parse_unit_prices(column, base, true);
    return parsed ? "none" : parsed.error().message;
}

BOOST_AUTO_TEST_SUITE(unit_prices)

BOOST_AUTO_TEST_CASE(units_and_further_prices_stand_side_by_side) {
    const auto made =
        parse_unit_prices(R"({"images": 0.04, "reasoning": "0.02", "audio_output": 0, "request": "1"})", base, true);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(made->units.size() == 1u);
    BOOST_TEST(made->units[0].pico == 40'000'000'000);
    BOOST_TEST(
        (made->further == further_prices{.reasoning = 20'000'000, .audio_output = 0, .request = 1'000'000'000'000}));
    BOOST_TEST(parse_unit_prices("", base, true)->units.empty());
}

BOOST_AUTO_TEST_CASE(a_tier_is_what_it_says_and_else_what_is_below_it) {
    const auto made = parse_unit_prices(
        R"({"tiers": [{"above": 9, "output": "0.00000003"}, {"above": 5, "input": "0.00000001", "cache_write": "0"}],)"
        R"( "cache_write": "0.000000007", "request": "2"})",
        base, true);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(made->tiers.size() == 2u);
    BOOST_TEST(tier_for(made->tiers, 5) == nullptr);
    const auto* low = tier_for(made->tiers, 6);
    BOOST_REQUIRE(low != nullptr);
    BOOST_TEST(low->price.input == 10);
    BOOST_TEST(low->price.output == 20);
    BOOST_TEST(low->price.cached_input == 1);
    BOOST_TEST((low->further.cache_write == 0 && low->further.request == 2'000'000'000'000));
    const auto* high = tier_for(made->tiers, 10);
    BOOST_TEST(high->price.output == 30);
    BOOST_TEST((high->further.cache_write == 7));
}

BOOST_AUTO_TEST_CASE(a_cached_price_that_is_inherited_is_so_in_a_tier_too) {
    const auto made = parse_unit_prices(R"({"tiers": [{"above": 5, "input": "0.000000040"}]})", base, false);
    BOOST_TEST(made->tiers[0].price.cached_input == 40);
}

BOOST_AUTO_TEST_CASE(tiers_make_a_price_known_where_they_say_both) {
    constexpr prices unknown{.is_known = false};
    const auto made = parse_unit_prices(
        R"({"tiers": [{"above": 5, "input": 1}, {"above": 6, "input": 1, "output": 1}]})", unknown, false);
    BOOST_TEST(!made->tiers[0].price.is_known);
    BOOST_TEST(made->tiers[1].price.is_known);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"[1]", "is not a JSON object"},
        {R"({"images": "1", "images": "2"})", "each name once"},
        {R"({"tokens": "1"})", "'tokens' is no unit and no price"},
        {R"({"images": "-1"})", "the price of 'images'"},
        {R"({"request": "0.0000000000001"})", "at most 12 places"},
        {R"({"cache_write": "0.0000000001"})", "at most 9 places"},
        {R"({"cache_write": null})", "the price of 'cache_write'"},
        {R"({"tiers": {}})", "'tiers' is no list"},
        {R"({"tiers": [1]})", "a tier is no JSON object"},
        {R"({"tiers": [{"input": 1}]})", "lacks 'above'"},
        {R"({"tiers": [{"above": "5"}]})", "'above' of a tier must be a number"},
        {R"({"tiers": [{"above": 0}]})", "'above' of a tier must be a number"},
        {R"({"tiers": [{"above": 5, "images": 1}]})", "'images' is no price of a tier"},
        {R"({"tiers": [{"above": 5}, {"above": 5}]})", "two tiers are above 5"},
    };
    for (const auto& [column, why] : cases) {
        const auto told = fault_of(column);
        BOOST_TEST(told.find(why) != std::string::npos, column << ": " << told);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::catalog
