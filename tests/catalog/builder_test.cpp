#include "catalog/builder.hpp"

#include <boost/test/unit_test.hpp>

#include "sample_rows.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;

BOOST_AUTO_TEST_SUITE(builder_suite)

BOOST_AUTO_TEST_CASE(a_bad_row_is_refused_by_name_and_the_others_are_served) {
    auto bad = model(2, "bad");
    bad.api_endpoint = "nonsense";
    const auto built = build({model(1, "one"), bad, model(3, "three")});
    BOOST_TEST(built.models->rows().size() == 2u);
    BOOST_TEST(built.models->find_row(1)->model_name == "one");
    BOOST_TEST(!built.models->find_row(2));
    BOOST_TEST(built.models->find_row(3)->model_name == "three");
    BOOST_REQUIRE(built.refused.size() == 1u);
    BOOST_TEST(built.refused[0].table == "ai_models");
    BOOST_TEST(built.refused[0].id == 2);
    BOOST_TEST(built.refused[0].name == "bad");
    BOOST_TEST(built.refused[0].reason.find("api_endpoint") == 0u);
}

BOOST_AUTO_TEST_CASE(a_disabled_row_is_neither_served_nor_complained_about) {
    auto disabled = model(1, "off");
    disabled.is_enabled = false;
    disabled.api_endpoint = "nonsense";
    auto route_off = route("virtual", "nonsense", "nonsense");
    route_off.is_enabled = false;
    const auto built = build({disabled, model(2, "on")}, {route_off});
    BOOST_TEST(built.models->rows().size() == 1u);
    BOOST_TEST(!built.models->find_row(1));
    BOOST_TEST(built.models->rows_of("off").empty());
    BOOST_TEST(built.models->names().size() == 1u);
    BOOST_TEST(built.refused.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_store_makes_an_empty_catalog) {
    const auto built = build({});
    BOOST_REQUIRE(built.models);
    BOOST_TEST(built.models->empty());
    BOOST_TEST(built.models->version() == 1);
    BOOST_TEST(built.refused.empty());
}

BOOST_AUTO_TEST_CASE(rows_of_one_model_are_ordered_by_priority_and_then_id) {
    auto late = model(1, "m");
    late.priority = 10;
    auto early = model(9, "m");
    early.priority = -1;
    const auto built = build({model(5, "m"), late, early, model(4, "m"), model(2, "other")});
    std::vector<std::int64_t> ids;
    for (const auto* row : built.models->rows_of("m")) ids.push_back(row->id);
    BOOST_TEST(ids == (std::vector<std::int64_t>{9, 4, 5, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(model_names_are_compared_as_bytes) {
    const auto built =
        build({model(1, "Model"), model(2, "model"), model(3, "mod\xc3\xa9l"), model(4, "mode\xcc\x81l")});
    for (const auto& [name, id] : std::vector<std::pair<std::string, std::int64_t>>{
             {"Model", 1}, {"model", 2}, {"mod\xc3\xa9l", 3}, {"mode\xcc\x81l", 4}}) {
        const auto rows = built.models->rows_of(name);
        BOOST_REQUIRE(rows.size() == 1u);
        BOOST_TEST(rows[0]->id == id);
    }
    for (const char* name : {"MODEL", "model ", "", "mode"}) BOOST_TEST(built.models->rows_of(name).empty());
}

BOOST_AUTO_TEST_CASE(a_route_maps_a_virtual_name_to_models) {
    const auto built = build({model(1, "a"), model(2, "b")},
                             {route("fast", "priority", R"(["b", "a"])"),
                              route("share", "weighted", R"([{"model": "a", "weight": 3}, {"model": "b"}, "a"])")});
    BOOST_TEST(built.refused.empty());
    const auto* fast = built.models->find_route("fast");
    BOOST_REQUIRE(fast);
    BOOST_TEST((fast->strategy == catalog::route_strategy::priority));
    BOOST_REQUIRE(fast->members.size() == 2u);
    BOOST_TEST(fast->members[0].model_name == "b");
    const auto* share = built.models->find_route("share");
    BOOST_REQUIRE(share);
    BOOST_TEST((share->strategy == catalog::route_strategy::weighted));
    BOOST_TEST(share->members[0].weight == 3);
    BOOST_TEST(share->members[1].weight == 1);
    BOOST_TEST(!built.models->find_route("a"));
    BOOST_TEST(built.models->rows_of("fast").empty());
}

BOOST_AUTO_TEST_CASE(prices_in_two_currencies_have_no_cheapest) {
    auto in_yuan = model(2, "b");
    in_yuan.currency = "CNY";
    const auto mixed = route("v", "cheapest", R"(["a", "b"])"), fair = route("w", "cheapest", R"(["a", "c"])");
    const auto built = build({model(1, "a"), in_yuan, model(3, "c")}, {mixed, fair});
    BOOST_TEST(built.models->find_route("w") != nullptr);
    BOOST_TEST(built.models->find_route("v") == nullptr);
    BOOST_REQUIRE(built.refused.size() == 1u);
    BOOST_TEST(built.refused[0].reason.find("different currencies") != std::string::npos, built.refused[0].reason);
}

BOOST_AUTO_TEST_CASE(a_bad_route_is_refused_by_name) {
    const struct {
        store::route_row row;
        std::string reason;
    } cases[] = {
        {route("", "priority", R"(["a"])"), "name is empty"},
        {route("x\ny", "priority", R"(["a"])"), "name holds a control byte"},
        {route("a", "priority", R"(["a"])"), "name is the name of a model"},
        {route("v", "dearest", R"(["a"])"), "strategy 'dearest' is not supported"},
        {route("v", "", R"(["a"])"), "strategy '' is not supported"},
        {route("v", "priority", ""), "members is not"},
        {route("v", "priority", R"({"a": 1})"), "members is not"},
        {route("v", "priority", R"("a")"), "members is not"},
        {route("v", "priority", "[1]"), "members is not"},
        {route("v", "priority", R"([{"weight": 1}])"), "members is not"},
        {route("v", "priority", R"([{"model": 1}])"), "members is not"},
        {route("v", "priority", R"([{"model": "a", "weight": 1.5}])"), "members is not"},
        {route("v", "priority", R"([{"model": "a", "wieght": 1}])"), "members is not"},
        {route("v", "weighted", R"([{"model": "a", "weight": -1}])"), "weight outside"},
        {route("v", "weighted", R"([{"model": "a", "weight": 1000000001}])"), "weight outside"},
        {route("v", "priority", "[]"), "names no model"},
        {route("v", "priority", R"(["gone", "off"])"), "names no model"},
    };
    for (const auto& one : cases) {
        auto off = model(2, "off");
        off.is_enabled = false;
        const auto built = build({model(1, "a"), off}, {one.row});
        BOOST_TEST(built.models->names().size() == built.models->size(), one.reason);
        BOOST_REQUIRE_MESSAGE(built.refused.size() == 1u, one.reason);
        BOOST_TEST(built.refused[0].table == "model_routes");
        BOOST_TEST(built.refused[0].name == one.row.name);
        BOOST_TEST(built.refused[0].reason.find(one.reason) != std::string::npos, built.refused[0].reason);
    }
}

BOOST_AUTO_TEST_CASE(a_route_loses_only_the_members_that_are_not_served) {
    const auto built = build({model(1, "a")}, {route("v", "priority", R"(["gone", "a"])")});
    const auto* v = built.models->find_route("v");
    BOOST_REQUIRE(v);
    BOOST_REQUIRE(v->members.size() == 1u);
    BOOST_TEST(v->members[0].model_name == "a");
    BOOST_REQUIRE(built.refused.size() == 1u);
    BOOST_TEST(built.refused[0].reason.find("'gone' is left out") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
