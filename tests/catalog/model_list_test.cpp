#include "catalog/model_list.hpp"

#include <boost/test/unit_test.hpp>

#include "provider/provider.hpp"
#include "sample_rows.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;

namespace {

bool all(std::string_view) {
    return true;
}

std::vector<std::string> names(const catalog::built_catalog& built) {
    std::vector<std::string> made;
    for (const auto& block : built.models->names().blocks())
        for (std::size_t i = 0; i < block->size(); ++i) made.emplace_back(block->name(i));
    return made;
}

#define CHECK_NAMES(actual, ...) \
    BOOST_TEST((actual) == (std::vector<std::string>{__VA_ARGS__}), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_SUITE(model_list)

BOOST_AUTO_TEST_CASE(each_name_is_listed_once_and_in_order) {
    auto off = model(5, "off");
    off.is_enabled = false;
    const auto built = build({model(1, "b"), model(2, "a"), model(3, "b"), model(4, "B"), off},
                             {route("all", "priority", R"(["b", "a"])")});
    CHECK_NAMES(names(built), "B", "a", "all", "b");
}

BOOST_AUTO_TEST_CASE(only_what_the_caller_may_use_is_found) {
    const auto built = build({model(1, "a"), model(2, "b")}, {route("v", "priority", R"(["a"])")});
    const auto only_v = [](std::string_view name) { return name == "v"; };
    BOOST_TEST(catalog::find_listed_model(*built.models, "v", only_v).has_value());
    BOOST_TEST(!catalog::find_listed_model(*built.models, "a", only_v).has_value());
    BOOST_TEST(!catalog::find_listed_model(*built.models, "gone", all).has_value());
}

BOOST_AUTO_TEST_CASE(a_model_is_as_old_as_its_oldest_row_and_owned_by_its_service) {
    const auto built = build({model(7, "m"), model(3, "m")}, {route("v", "priority", R"(["m"])")});
    const auto m = catalog::find_listed_model(*built.models, "m", all);
    BOOST_REQUIRE(m.has_value());
    BOOST_TEST(m->created == 1'700'000'003);
    BOOST_TEST(m->owned_by == built.models->find_row(3)->service->name);
    const auto v = catalog::find_listed_model(*built.models, "v", all);
    BOOST_REQUIRE(v.has_value());
    BOOST_TEST(v->name == "v");
    BOOST_TEST(v->created == m->created);
}

BOOST_AUTO_TEST_CASE(a_line_of_the_list_is_the_model_as_it_is_described_alone) {
    const auto built = build({model(1, "quoted \" name")}, {route("v", "priority", R"(["quoted \" name"])")});
    for (const char* name : {"quoted \" name", "v"}) {
        const auto alone = catalog::find_listed_model(*built.models, name, all);
        BOOST_REQUIRE(alone.has_value());
        BOOST_TEST(built.models->names().find(name) == "," + catalog::to_json(*alone));
    }
    BOOST_TEST(built.models->names().find("gone") == "");
}

BOOST_AUTO_TEST_CASE(names_outlive_the_text_they_were_asked_by) {
    const auto built = build({model(1, "a")});
    std::optional<catalog::listed_model> listed;
    {
        std::string asked = "a";
        listed = catalog::find_listed_model(*built.models, asked, all);
        asked = "z";
    }
    BOOST_TEST(listed->name == "a");
}

BOOST_AUTO_TEST_SUITE_END()
