#include "catalog/loader.hpp"

#include <boost/test/unit_test.hpp>

#include "sample_rows.hpp"
#include "scripted_store.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;

namespace {

struct loader_scene {
    std::shared_ptr<script> told = std::make_shared<script>();
    catalog::loader loader{opener(told), no_secrets};

    loader_scene() {
        told->rows.version = 10;
        told->rows.models = {model(1, "a")};
        told->rows.keys.resize(2);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(loader)

BOOST_AUTO_TEST_CASE(the_first_load_brings_models_and_keys_of_one_version) {
    loader_scene s;
    const auto first = s.loader.load();
    BOOST_TEST(first.models->version() == 10);
    BOOST_TEST(first.models->size() == 1u);
    BOOST_TEST(first.keys->rows.size() == 2u);
    BOOST_TEST(first.kept_because == "");
}

BOOST_AUTO_TEST_CASE(nothing_is_loaded_while_nothing_changes) {
    loader_scene s;
    BOOST_TEST(s.loader.load_if_changed().has_value());
    for (int i = 0; i < 5; ++i) BOOST_TEST(!s.loader.load_if_changed().has_value());
    BOOST_TEST(s.told->loads == 1);
    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    const auto fresh = s.loader.load_if_changed();
    BOOST_REQUIRE(fresh.has_value());
    BOOST_TEST(fresh->models->version() == 11);
    BOOST_TEST(fresh->models->size() == 2u);
    BOOST_TEST(s.told->loads == 1);
    BOOST_TEST(!s.loader.load_if_changed().has_value());
}

BOOST_AUTO_TEST_CASE(a_catalog_that_was_handed_out_never_changes) {
    loader_scene s;
    const auto old = s.loader.load();
    s.told->change([](auto& rows) { rows.models = {model(2, "b")}; });
    const auto fresh = s.loader.load_if_changed();
    BOOST_TEST(old.models->find_row(1));
    BOOST_TEST(!old.models->find_row(2));
    BOOST_TEST(!fresh->models->find_row(1));
    BOOST_TEST(fresh->models->find_row(2));
}

BOOST_AUTO_TEST_CASE(load_reads_again_what_rows_refer_to) {
    loader_scene s;
    s.told->rows.models[0].api_key = "env:KEY";
    std::string value = "first";
    catalog::loader loader(opener(s.told), [&](std::string_view) -> result<secret> { return secret(value); });
    BOOST_TEST(loader.load().models->find_row(1)->credentials->value.reveal() == "Bearer first");
    value = "second";
    BOOST_TEST(!loader.load_if_changed().has_value());
    BOOST_TEST(loader.load().models->find_row(1)->credentials->value.reveal() == "Bearer second");
}

BOOST_AUTO_TEST_CASE(an_empty_store_is_fine_at_the_start) {
    loader_scene s;
    s.told->rows.models.clear();
    const auto first = s.loader.load();
    BOOST_TEST(first.models->empty());
    BOOST_TEST(first.kept_because == "");
}

BOOST_AUTO_TEST_CASE(an_emptied_table_leaves_the_old_models_but_brings_the_new_keys) {
    loader_scene s;
    s.loader.load();
    s.told->change([](auto& rows) {
        rows.models.clear();
        rows.keys.resize(1);
    });
    const auto kept = s.loader.load_if_changed();
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST(kept->models->version() == 10);
    BOOST_TEST(kept->models->find_row(1));
    BOOST_TEST(kept->keys->rows.size() == 1u);
    BOOST_TEST(kept->kept_because.find("ai_models is empty") == 0u);
    BOOST_TEST(!s.loader.load_if_changed().has_value());
    s.told->change([](auto& rows) { rows.models = {model(2, "b")}; });
    const auto fresh = s.loader.load_if_changed();
    BOOST_TEST(fresh->kept_because == "");
    BOOST_TEST(!fresh->models->find_row(1));
}

BOOST_AUTO_TEST_CASE(the_old_models_stay_when_every_new_row_is_bad) {
    loader_scene s;
    s.loader.load();
    s.told->change([](auto& rows) {
        rows.models[0].api_endpoint = "nonsense";
        rows.models.push_back(model(2, "off"));
        rows.models.back().is_enabled = false;
    });
    const auto kept = s.loader.load_if_changed();
    BOOST_TEST(kept->models->find_row(1));
    BOOST_TEST(kept->kept_because.find("every enabled row") == 0u);
    BOOST_TEST(kept->refused->all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_bad_row_beside_a_good_one_is_no_longer_served) {
    loader_scene s;
    s.told->rows.models.push_back(model(2, "b"));
    s.loader.load();
    s.told->change([](auto& rows) { rows.models[0].api_endpoint = "nonsense"; });
    const auto fresh = s.loader.load_if_changed();
    BOOST_TEST(!fresh->models->find_row(1));
    BOOST_TEST(fresh->models->find_row(2));
    BOOST_TEST(fresh->kept_because == "");
}

BOOST_AUTO_TEST_CASE(disabling_the_only_model_is_a_wish_and_is_done) {
    loader_scene s;
    s.loader.load();
    s.told->change([](auto& rows) { rows.models[0].is_enabled = false; });
    const auto fresh = s.loader.load_if_changed();
    BOOST_TEST(fresh->models->empty());
    BOOST_TEST(fresh->kept_because == "");
}

BOOST_AUTO_TEST_CASE(a_connection_that_failed_is_replaced) {
    loader_scene s;
    s.loader.load();
    BOOST_TEST(s.told->connections == 1);
    s.told->fail("the disk is gone");
    BOOST_CHECK_THROW(s.loader.load_if_changed(), store::store_unavailable);
    BOOST_CHECK_THROW(s.loader.load(), store::store_unavailable);
    s.told->fail("");
    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    const auto fresh = s.loader.load_if_changed();
    BOOST_REQUIRE(fresh.has_value());
    BOOST_TEST(fresh->models->version() == 11);
    BOOST_TEST(s.told->connections == 3);
}

BOOST_AUTO_TEST_CASE(a_change_is_read_as_the_rows_that_changed) {
    loader_scene s;
    s.loader.load();
    s.told->change([](auto& rows) {
        rows.models.push_back(model(2, "b"));
        rows.keys.erase(rows.keys.begin());
    });
    const auto fresh = s.loader.load_if_changed();
    BOOST_REQUIRE(fresh.has_value());
    BOOST_TEST(s.told->loads == 1);
    BOOST_TEST(s.told->changes_read == 1);
    BOOST_TEST(!fresh->keys->are_all);
    BOOST_TEST(fresh->models->find_row(1));
    BOOST_TEST(fresh->models->find_row(2));
}

BOOST_AUTO_TEST_CASE(everything_is_read_where_the_store_does_not_know_what_changed) {
    loader_scene s;
    s.loader.load();
    s.told->knows_changes = false;
    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    const auto fresh = s.loader.load_if_changed();
    BOOST_REQUIRE(fresh.has_value());
    BOOST_TEST(s.told->loads == 2);
    BOOST_TEST(fresh->keys->are_all);
    BOOST_TEST(fresh->models->find_row(2));
}

BOOST_AUTO_TEST_CASE(everything_is_read_after_a_publication_that_did_not_arrive) {
    loader_scene s;
    s.loader.load();
    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    s.loader.load_if_changed();
    s.loader.forget();
    const auto again = s.loader.load_if_changed();
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->keys->are_all);
    BOOST_TEST(s.told->loads == 2);
    BOOST_TEST(!s.loader.load_if_changed().has_value());
}

BOOST_AUTO_TEST_CASE(while_old_models_are_kept_every_change_is_an_occasion_to_read_everything) {
    loader_scene s;
    s.loader.load();
    s.told->change([](auto& rows) { rows.models.clear(); });
    BOOST_TEST(s.loader.load_if_changed()->kept_because != "");
    s.told->change([](auto& rows) { rows.keys.resize(1); });
    const auto kept = s.loader.load_if_changed();
    BOOST_TEST(kept->kept_because != "");
    BOOST_TEST(kept->models->find_row(1));
    BOOST_TEST(kept->keys->are_all);
    s.told->change([](auto& rows) { rows.models = {model(2, "b")}; });
    const auto mended = s.loader.load_if_changed();
    BOOST_TEST(mended->kept_because == "");
    BOOST_TEST(!mended->models->find_row(1));
    s.told->change([](auto& rows) { rows.models.push_back(model(3, "c")); });
    const auto changed = s.loader.load_if_changed();
    BOOST_TEST(!changed->keys->are_all);
    BOOST_TEST(changed->models->find_row(2));
    BOOST_TEST(changed->models->find_row(3));
}

BOOST_AUTO_TEST_SUITE_END()
