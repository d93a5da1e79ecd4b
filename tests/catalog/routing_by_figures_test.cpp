// Routes by what a request costs and by how fast rows are.
#include <boost/test/unit_test.hpp>
#include <limits>
#include <memory>

#include "catalog/routing.hpp"
#include "sample_routes.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;
using catalog::choose;
using catalog::expected_cost;
using catalog::request_choice;

namespace {

// The numbers given, one after the other.
catalog::random_below draws(std::vector<std::uint64_t> numbers) {
    const auto left = std::make_shared<std::vector<std::uint64_t>>(numbers.rbegin(), numbers.rend());
    return [left](std::uint64_t bound) {
        BOOST_REQUIRE(!left->empty());
        const auto next = left->back();
        left->pop_back();
        BOOST_TEST(next < bound);
        return next;
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_by_figures_suite)

BOOST_AUTO_TEST_CASE(the_cheapest_row_depends_on_what_the_request_will_use) {
    const auto priced = [](std::int64_t id, std::string name, std::int64_t in, std::int64_t out) {
        auto made = model(id, std::move(name));
        made.input_price_pico = in;
        made.output_price_pico = out;
        return made;
    };
    const auto built = build({priced(1, "a", 1, 8), priced(2, "b", 4, 2)}, {route("v", "cheapest", R"(["a", "b"])")});
    auto choice = by_model("v");
    choice.prompt_tokens = 4000;
    choice.completion_tokens = 10;
    CHECK_ORDER(order(built, choice), 1, 2);
    choice.prompt_tokens = 10;
    choice.completion_tokens = 500;
    CHECK_ORDER(order(built, choice), 2, 1);
    // Beyond all numbers nothing overflows.
    choice.prompt_tokens = choice.completion_tokens = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST(expected_cost(*built.models->find_row(1), choice) == std::numeric_limits<std::int64_t>::max());
}

BOOST_AUTO_TEST_CASE(the_faster_of_two_that_are_drawn_is_asked_first) {
    const auto built =
        build({model(1, "a"), model(2, "b"), model(3, "c")}, {route("v", "fastest", R"(["a", "b", "c"])")});
    auto choice = by_model("v");
    CHECK_ORDER(order(built, choice), 1, 2, 3);
    // Whoever is not known is asked first, so that he is.
    choice.speed_of = [](std::int64_t id) -> std::optional<std::int64_t> {
        if (id == 2) return std::nullopt;
        return id * 1000;
    };
    CHECK_ORDER(order(built, choice), 2, 1, 3);
    choice.speed_of = [](std::int64_t id) { return std::optional<std::int64_t>(4000 - id * 1000); };
    // By speed 3, 2, 1. Drawn: the first and the second, then the second and the third.
    CHECK_ORDER(order(built, choice, draws({0, 0})), 3, 2, 1);
    CHECK_ORDER(order(built, choice, draws({1, 1})), 2, 3, 1);
}

BOOST_AUTO_TEST_SUITE_END()
