// SQLite lets any column hold anything.
#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"

namespace ferry::store {

BOOST_FIXTURE_TEST_SUITE(damaged_rows, store_fixture)

BOOST_AUTO_TEST_CASE(a_defective_row_names_its_column_and_hides_no_other) {
    const std::pair<const char*, const char*> damages[] = {
        {"cost_per_1k_tokens = 'secret words'", "cost_per_1k_tokens must be a number, the price per 1,000 tokens"},
        {"input_cost_per_1k = -1", "input_cost_per_1k must not be negative"},
        {"output_cost_per_1k = 9e999", "output_cost_per_1k is too large for a price"},
        {"cached_input_cost_per_1k = x'00'", "cached_input_cost_per_1k must be a number, the price per 1,000 tokens"},
        {"is_enabled = 2", "is_enabled must be 0 or 1"},
        {"weight = 'heavy'", "weight must be a whole number"},
        {"priority = 1.5", "priority must be a whole number"},
        {"idle_timeout_ms = 'secret words'", "idle_timeout_ms must be a whole number"},
        {"api_key = x'00ff'", "api_key must be text, it is a blob"}};
    for (const auto& [damage, defect] : damages) {
        run("DELETE FROM ai_models");
        add_model("good");
        add_model("bad");
        add_model("good too");
        run(std::string("PRAGMA ignore_check_constraints = 1; UPDATE ai_models SET ") + damage +
            " WHERE model_name = 'bad'");
        const auto models = db->models()->load_catalog().models;
        BOOST_TEST_REQUIRE(models.size() == 3u);
        BOOST_TEST(models[0].defect == "");
        BOOST_TEST(models[1].defect == defect);
        BOOST_TEST(models[2].defect == "");
    }
}

BOOST_AUTO_TEST_CASE(a_key_whose_expiry_cannot_be_read_is_defective_and_disabled) {
    run("INSERT INTO api_keys (public_id, key_sha256, expires_at) VALUES ('a', " + sha(1) + ", 'next year'), ('b', " +
        sha(2) + ", '2030-01-02 03:04:05.678901')");
    const auto keys = db->models()->load_catalog().keys;
    BOOST_TEST(keys.at(0).defect == "expires_at must be a time such as 2030-12-31 23:59:59");
    BOOST_TEST(!keys.at(0).is_enabled);
    BOOST_TEST(keys.at(1).is_enabled);
    BOOST_TEST(keys.at(1).defect == "");
    BOOST_TEST(keys.at(1).expires_at_us.value() == some_time_us);
}

BOOST_AUTO_TEST_CASE(triggers_that_may_recurse_do_not) {
    add_model("m");
    const std::int64_t before = catalog_version();
    run("PRAGMA recursive_triggers = 1; UPDATE ai_models SET api_key = 'k'");
    BOOST_TEST(catalog_version() == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
