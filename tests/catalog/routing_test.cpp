#include "catalog/routing.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "sample_routes.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;
using catalog::choose;
using catalog::request_choice;

namespace {

store::model_row row(std::int64_t id, std::string name, std::int64_t priority, std::int64_t weight,
                     std::string fallback = "") {
    auto made = model(id, std::move(name));
    made.priority = priority;
    made.weight = weight;
    made.fallback_model = std::move(fallback);
    return made;
}

std::uint64_t must_not_be_called(std::uint64_t) {
    BOOST_ERROR("a draw where there is nothing to draw");
    return 0;
}

request_choice by_id(std::int64_t id) {
    request_choice choice;
    choice.id = id;
    return choice;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing)

BOOST_AUTO_TEST_CASE(a_model_with_one_row_needs_no_draw) {
    const auto built = build({model(1, "a"), model(2, "b")});
    CHECK_ORDER(order(built, by_model("b"), must_not_be_called), 2);
    CHECK_ORDER(order(built, by_id(1), must_not_be_called), 1);
}

BOOST_AUTO_TEST_CASE(the_id_wins_over_the_model) {
    const auto built = build({model(1, "a"), model(2, "b")});
    request_choice both = by_model("b");
    both.id = 1;
    const auto route = choose(*built.models, both, lowest);
    BOOST_TEST(route->model_name == "a");
    CHECK_ORDER(order(built, both), 1);
    both.model = "unknown";
    CHECK_ORDER(order(built, both), 1);
}

BOOST_AUTO_TEST_CASE(the_row_with_the_id_comes_first_and_its_namesakes_follow) {
    const auto built = build({row(1, "a", 0, 1), row(2, "a", 1, 1), row(3, "a", 2, 1)});
    CHECK_ORDER(order(built, by_id(3)), 3, 1, 2);
    CHECK_ORDER(order(built, by_id(1)), 1, 2, 3);
}

BOOST_AUTO_TEST_CASE(lower_priority_numbers_come_first) {
    const auto built = build({row(1, "a", 5, 100), row(2, "a", -5, 1), row(3, "a", 0, 50)});
    CHECK_ORDER(order(built, by_model("a"), must_not_be_called), 2, 3, 1);
}

BOOST_AUTO_TEST_CASE(a_draw_takes_the_row_its_number_falls_on) {
    const auto built = build({row(1, "a", 0, 2), row(2, "a", 0, 3), row(3, "a", 0, 5)});
    const struct {
        std::vector<std::uint64_t> draws;  // the first below 10, the second below what is left
        ids expected;
    } cases[] = {
        {{0, 0}, {1, 2, 3}}, {{1, 3}, {1, 3, 2}}, {{2, 1}, {2, 1, 3}},
        {{4, 2}, {2, 3, 1}}, {{5, 1}, {3, 1, 2}}, {{9, 2}, {3, 2, 1}},
    };
    for (const auto& one : cases) {
        std::size_t drawn = 0;
        const auto made = order(built, by_model("a"), [&](std::uint64_t bound) {
            BOOST_REQUIRE(drawn < one.draws.size());
            BOOST_TEST(one.draws[drawn] < bound);
            return one.draws[drawn++];
        });
        BOOST_TEST(made == one.expected, boost::test_tools::per_element());
        BOOST_TEST(drawn == one.draws.size());
    }
}

BOOST_AUTO_TEST_CASE(rows_of_one_priority_share_the_requests_by_weight) {
    const auto built = build({row(1, "a", 0, 1), row(2, "a", 0, 3), row(3, "a", 0, 6), row(4, "a", 1, 1000)});
    std::mt19937_64 engine(7);
    std::map<std::int64_t, int> first;
    const int requests = 20000;
    for (int i = 0; i < requests; ++i) {
        const auto made = order(built, by_model("a"), [&](std::uint64_t bound) {
            return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine);
        });
        BOOST_REQUIRE(made.size() == 4u);
        BOOST_REQUIRE(made[3] == 4);
        ++first[made[0]];
    }
    BOOST_TEST(std::abs(first[1] - requests / 10) < 250);
    BOOST_TEST(std::abs(first[2] - requests * 3 / 10) < 350);
    BOOST_TEST(std::abs(first[3] - requests * 6 / 10) < 400);
}

BOOST_AUTO_TEST_CASE(a_row_of_weight_zero_is_the_last_of_its_priority) {
    const auto built = build({row(1, "a", 0, 0), row(2, "a", 0, 1), row(3, "a", 0, 0), row(4, "a", 1, 1)});
    CHECK_ORDER(order(built, by_model("a")), 2, 1, 3, 4);
}

BOOST_AUTO_TEST_CASE(rows_that_all_weigh_nothing_keep_their_order) {
    const auto built = build({row(2, "a", 0, 0), row(1, "a", 0, 0)});
    CHECK_ORDER(order(built, by_model("a"), must_not_be_called), 1, 2);
}

BOOST_AUTO_TEST_CASE(the_fallback_models_follow_in_turn) {
    const auto built = build(
        {row(1, "a", 0, 1, "b"), row(2, "a", 1, 1, "c"), row(3, "b", 0, 1, "d"), row(4, "c", 0, 1), row(5, "d", 0, 1)});
    CHECK_ORDER(order(built, by_model("a")), 1, 2, 3, 4, 5);
    CHECK_ORDER(order(built, by_id(2)), 2, 1, 4, 3, 5);
    CHECK_ORDER(order(built, by_model("b")), 3, 5);
}

BOOST_AUTO_TEST_CASE(a_circle_of_fallbacks_ends) {
    const auto built =
        build({row(1, "a", 0, 1, "b"), row(2, "b", 0, 1, "c"), row(3, "c", 0, 1, "a"), row(4, "d", 0, 1, "d")});
    CHECK_ORDER(order(built, by_model("a")), 1, 2, 3);
    CHECK_ORDER(order(built, by_model("b")), 2, 3, 1);
    CHECK_ORDER(order(built, by_model("d")), 4);
}

BOOST_AUTO_TEST_CASE(a_fallback_that_does_not_exist_is_skipped) {
    const auto built = build({row(1, "a", 0, 1, "gone")});
    CHECK_ORDER(order(built, by_model("a")), 1);
}

BOOST_AUTO_TEST_CASE(a_fallback_may_be_a_virtual_name) {
    const auto built =
        build({row(1, "a", 0, 1, "v"), model(2, "b"), model(3, "c")}, {route("v", "priority", R"(["c", "a", "b"])")});
    CHECK_ORDER(order(built, by_model("a")), 1, 3, 2);
}

BOOST_AUTO_TEST_CASE(the_list_of_candidates_is_bounded) {
    std::vector<store::model_row> rows;
    for (int id = 1; id <= 100; ++id)
        rows.push_back(row(id, "m" + std::to_string(id), 0, 1, "m" + std::to_string(id + 1)));
    for (int id = 101; id <= 150; ++id) rows.push_back(row(id, "wide", id, 1));
    const auto built = build(std::move(rows));
    BOOST_TEST(order(built, by_model("m1")).size() == catalog::max_candidates);
    BOOST_TEST(order(built, by_model("wide")).size() == catalog::max_candidates);
    BOOST_TEST(order(built, by_id(150)).front() == 150);
}

BOOST_AUTO_TEST_CASE(a_virtual_name_by_priority_takes_its_members_in_their_order) {
    const auto built =
        build({row(1, "a", 1, 1), row(2, "a", 0, 1), model(3, "b")}, {route("v", "priority", R"(["b", "a", "b"])")});
    CHECK_ORDER(order(built, by_model("v")), 3, 2, 1);
    BOOST_TEST(choose(*built.models, by_model("v"), lowest)->model_name == "v");
}

BOOST_AUTO_TEST_CASE(a_virtual_name_by_weight_draws_among_its_members) {
    const auto built = build({model(1, "a"), model(2, "b"), model(3, "c")},
                             {route("v", "weighted", R"([{"model":"a","weight":1},{"model":"b","weight":3},
                                                         {"model":"c","weight":0}])")});
    const auto draw = [](std::uint64_t number) {
        return [number](std::uint64_t bound) {
            BOOST_TEST(bound == 4u);
            return number;
        };
    };
    CHECK_ORDER(order(built, by_model("v"), draw(0)), 1, 2, 3);
    CHECK_ORDER(order(built, by_model("v"), draw(1)), 2, 1, 3);
    CHECK_ORDER(order(built, by_model("v"), draw(3)), 2, 1, 3);
}

BOOST_AUTO_TEST_CASE(a_virtual_name_by_price_takes_the_cheapest_row_first) {
    const auto priced = [](std::int64_t id, std::string name, std::int64_t in, std::int64_t out) {
        auto made = model(id, std::move(name));
        made.input_price_pico = in;
        made.output_price_pico = out;
        return made;
    };
    auto dear = priced(1, "a", 500, 1);
    dear.fallback_model = "e";
    const auto built =
        build({dear, priced(2, "b", 100, 300), priced(3, "b", 0, 100), priced(4, "c", 400, 0), priced(5, "e", 0, 0)},
              {route("v", "cheapest", R"(["a", "b", "c"])")});
    // A fallback is one whatever it costs, and what costs the same keeps its order.
    CHECK_ORDER(order(built, by_model("v")), 3, 2, 4, 1, 5);
}

BOOST_AUTO_TEST_CASE(what_is_not_served_is_not_found) {
    auto off = model(2, "off");
    off.is_enabled = false;
    const auto built = build({model(1, "a"), off});
    for (const std::int64_t id : {2L, 3L, 9223372036854775807L}) {
        const auto route = choose(*built.models, by_id(id), lowest);
        BOOST_REQUIRE(!route);
        BOOST_TEST((route.error().code == fault_code::model_not_found));
        BOOST_TEST(route.error().param == "id");
        BOOST_TEST(route.error().message.find(std::to_string(id)) != std::string::npos);
    }
    for (const char* name : {"off", "A", "a ", "", "gone"}) {
        const auto route = choose(*built.models, by_model(name), lowest);
        BOOST_REQUIRE(!route);
        BOOST_TEST((route.error().code == fault_code::model_not_found));
        BOOST_TEST(route.error().param == "model");
        BOOST_TEST(route.error().message.find("'" + std::string(name) + "'") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_model_all_of_whose_rows_are_refused_is_known_but_cannot_be_asked) {
    auto bad = model(2, "bad"), worse = model(3, "half");
    bad.api_endpoint = worse.api_endpoint = "nonsense";
    const auto built = build({model(1, "a"), bad, worse, model(4, "half")}, {route("v", "priority", R"(["bad"])")});
    for (const auto& choice : {by_id(2), by_model("bad"), by_model("v")}) {
        const auto route = choose(*built.models, choice, lowest);
        BOOST_REQUIRE(route.has_value());
        BOOST_TEST(route->model_name == (choice.model ? *choice.model : "bad"));
        const auto why = unavailable(*route);
        BOOST_REQUIRE(why.has_value());
        BOOST_TEST((why->code == fault_code::model_unavailable));
        BOOST_TEST(why->message.find(route->model_name) != std::string::npos);
        BOOST_TEST(why->message.find("nonsense") == std::string::npos);
    }
    // Others of its name stand in for the row that was asked for by id.
    CHECK_ORDER(order(built, by_id(3)), 4);
    CHECK_ORDER(order(built, by_model("half")), 4);
}

BOOST_AUTO_TEST_CASE(a_request_that_names_no_model_is_told_so) {
    const auto built = build({model(1, "a")});
    const auto route = choose(*built.models, request_choice(), lowest);
    BOOST_REQUIRE(!route);
    BOOST_TEST((route.error().code == fault_code::missing_model));
    BOOST_TEST((route.error().source == fault_source::client));
    BOOST_TEST(route.error().param == "model");
}

BOOST_AUTO_TEST_SUITE_END()
