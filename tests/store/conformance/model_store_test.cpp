#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

BOOST_FIXTURE_TEST_SUITE(model_stores, store_fixture)

using values = std::vector<column_value>;

BOOST_AUTO_TEST_CASE(a_model_is_added_with_the_columns_named) {
    const auto models = db->models();
    const std::int64_t id = models->add_model(values{
        {"model_name", "m"}, {"api_endpoint", "http://h/v1"}, {"cost_per_1k_tokens", "0.000000001"}, {"weight", "3"}});
    const auto rows = models->list_models();
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(rows[0].id == id);
    BOOST_TEST(rows[0].base_price_pico == 1);
    BOOST_TEST(rows[0].weight == 3);
    BOOST_TEST(rows[0].defect == "");
}

BOOST_AUTO_TEST_CASE(an_id_may_be_chosen_but_not_twice) {
    const auto models = db->models();
    BOOST_TEST(models->add_model(values{{"id", "41"}, {"api_endpoint", "x"}}) == 41);
    BOOST_CHECK_THROW(models->add_model(values{{"id", "41"}, {"api_endpoint", "x"}}), row_refused);
    BOOST_TEST(models->add_model(values{{"api_endpoint", "x"}}) == 42);
}

BOOST_AUTO_TEST_CASE(a_change_writes_the_columns_named_and_no_other) {
    const auto models = db->models();
    const std::int64_t id =
        models->add_model(values{{"model_name", "m"}, {"api_endpoint", "x"}, {"input_cost_per_1k", "0.5"}});
    run("UPDATE ai_models SET api_key = 'changed meanwhile'");
    BOOST_TEST(models->change_model(id, values{{"model_name", "n"}, {"input_cost_per_1k", std::nullopt}}));
    const model_row row = models->list_models().at(0);
    BOOST_TEST(row.model_name == "n");
    BOOST_TEST(!row.input_price_pico);
    BOOST_TEST(row.api_key == "changed meanwhile");
    BOOST_TEST(!models->change_model(id + 1, values{{"model_name", "n"}}));
}

BOOST_AUTO_TEST_CASE(what_the_table_forbids_is_refused_and_changes_nothing) {
    const auto models = db->models();
    const std::int64_t id = models->add_model(values{{"model_name", "m"}, {"api_endpoint", "x"}});
    BOOST_CHECK_THROW(models->add_model(values{{"model_name", "no endpoint"}}), row_refused);
    BOOST_CHECK_THROW(models->change_model(id, values{{"cost_per_1k_tokens", "-1"}}), row_refused);
    BOOST_CHECK_THROW(models->change_model(id, values{{"is_enabled", "2"}}), row_refused);
    BOOST_CHECK_THROW(models->change_model(id, values{{"extra_body", "{"}}), row_refused);
    BOOST_TEST(models->list_models().size() == 1u);
}

BOOST_AUTO_TEST_CASE(only_real_columns_may_be_named) {
    const auto models = db->models();
    BOOST_CHECK_THROW(models->add_model(values{{"api_endpoint) VALUES ('x'); --", "y"}}), store_error);
    BOOST_CHECK_THROW(models->change_model(1, values{{"nothing", "y"}}), store_error);
    BOOST_CHECK_THROW(models->change_model(1, values{}), store_error);
}

BOOST_AUTO_TEST_CASE(a_model_is_removed) {
    add_model("m");
    const auto models = db->models();
    const std::int64_t id = models->list_models().at(0).id;
    BOOST_TEST(models->remove_model(id));
    BOOST_TEST(!models->remove_model(id));
    BOOST_TEST(models->list_models().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
