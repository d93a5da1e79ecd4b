#include <boost/test/unit_test.hpp>
#include <thread>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

// A store may write JSON with other blanks than it was given.
std::string without_blanks(std::string json) {
    std::erase(json, ' ');
    return json;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog, store_fixture)

BOOST_AUTO_TEST_CASE(a_model_is_loaded_with_all_its_columns) {
    run("INSERT INTO ai_models (id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens,"
        " is_enabled, created_at, upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k,"
        " currency, priority, weight, fallback_model, auth_scheme, extra_headers, extra_body, proxy,"
        " connect_timeout_ms, first_byte_timeout_ms, idle_timeout_ms, total_timeout_ms, max_context_tokens,"
        " capabilities) VALUES (7, 'm', 'M', 'Other', 'http://h/v1', 'env:K', 0.004, 0, '2030-01-02 03:04:05.678901',"
        " 'up', 0.0000028, 1, 0, 'CNY', -1, 3, 'f', 'bearer', '{\"a\":\"b\"}', '{}', 'http://p', 1, 2, 3, 4, 5, '[]')");
    const model_row row = db->models()->load_catalog().models.at(0);
    BOOST_TEST(row.id == 7);
    BOOST_TEST(row.model_name == "m");
    BOOST_TEST(row.display_name == "M");
    BOOST_TEST(row.provider == "Other");
    BOOST_TEST(row.api_endpoint == "http://h/v1");
    BOOST_TEST(row.api_key == "env:K");
    BOOST_TEST(row.base_price_pico == 4'000'000);
    BOOST_TEST(row.input_price_pico.value() == 2'800);
    BOOST_TEST(row.output_price_pico.value() == 1'000'000'000);
    BOOST_TEST(row.cached_input_price_pico.value() == 0);
    BOOST_TEST(row.currency == "CNY");
    BOOST_TEST(!row.is_enabled);
    BOOST_TEST(row.priority == -1);
    BOOST_TEST(row.weight == 3);
    BOOST_TEST(row.upstream_model.value() == "up");
    BOOST_TEST(row.fallback_model.value() == "f");
    BOOST_TEST(row.auth_scheme.value() == "bearer");
    BOOST_TEST(without_blanks(row.extra_headers.value()) == "{\"a\":\"b\"}");
    BOOST_TEST(row.extra_body.value() == "{}");
    BOOST_TEST(row.proxy.value() == "http://p");
    BOOST_TEST(row.connect_timeout_ms.value() == 1);
    BOOST_TEST(row.first_byte_timeout_ms.value() == 2);
    BOOST_TEST(row.idle_timeout_ms.value() == 3);
    BOOST_TEST(row.total_timeout_ms.value() == 4);
    BOOST_TEST(row.max_context_tokens.value() == 5);
    BOOST_TEST(row.capabilities.value() == "[]");
    BOOST_TEST(row.created_at_us == some_time_us);
    BOOST_TEST(row.defect == "");
}

BOOST_AUTO_TEST_CASE(a_model_without_the_optional_columns_has_the_defaults) {
    add_model("m");
    const model_row row = db->models()->load_catalog().models.at(0);
    BOOST_TEST(row.provider == "other");
    BOOST_TEST(row.api_key == "");
    BOOST_TEST(row.base_price_pico == 0);
    BOOST_TEST(!row.input_price_pico);
    BOOST_TEST(!row.output_price_pico);
    BOOST_TEST(!row.cached_input_price_pico);
    BOOST_TEST(row.currency == "USD");
    BOOST_TEST(row.is_enabled);
    BOOST_TEST(row.priority == 0);
    BOOST_TEST(row.weight == 1);
    BOOST_TEST(!row.upstream_model);
    BOOST_TEST(row.created_at_us > 0);
    BOOST_TEST(row.defect == "");
}

BOOST_AUTO_TEST_CASE(every_price_of_nine_decimals_is_read_exactly) {
    const std::pair<const char*, std::int64_t> prices[] = {{"0.000000001", 1},
                                                           {"0.1", 100'000'000},
                                                           {"0.3", 300'000'000},
                                                           {"0.123456789", 123'456'789},
                                                           {"1.1", 1'100'000'000},
                                                           {"4096.999999999", 4'096'999'999'999},
                                                           {"123456.7", 123'456'700'000'000}};
    for (const auto& [text, pico] : prices) {
        run("DELETE FROM ai_models");
        run(std::string("INSERT INTO ai_models (api_endpoint, cost_per_1k_tokens) VALUES ('x', ") + text + ")");
        BOOST_TEST(db->models()->load_catalog().models.at(0).base_price_pico == pico);
    }
}

BOOST_AUTO_TEST_CASE(prices_the_catalog_could_not_hold_are_refused_on_the_way_in) {
    for (const char* price : {"-1", "'free'", "0.0000000001", "1.2345678912"}) {
        const std::string statement =
            std::string("INSERT INTO ai_models (api_endpoint, input_cost_per_1k) VALUES ('x', ") + price + ")";
        BOOST_CHECK_THROW(run(statement), row_refused);
    }
}

BOOST_AUTO_TEST_CASE(routes_are_loaded) {
    run("INSERT INTO model_routes (name, strategy, members) VALUES ('fast', 'cheapest', '[\"a\"]')");
    const route_row row = db->models()->load_catalog().routes.at(0);
    BOOST_TEST(row.name == "fast");
    BOOST_TEST(row.strategy == "cheapest");
    BOOST_TEST(row.members == "[\"a\"]");
    BOOST_TEST(row.is_enabled);
    BOOST_TEST(row.defect == "");
}

BOOST_AUTO_TEST_CASE(changes_that_are_served_raise_the_version_by_at_least_one) {
    const std::string changes[] = {"INSERT INTO ai_models (id, model_name, api_endpoint) VALUES (1, 'm', 'x')",
                                   "UPDATE ai_models SET api_key = 'k' WHERE id = 1",
                                   "UPDATE ai_models SET is_enabled = 0, updated_at = NOW() WHERE id = 1",
                                   "UPDATE ai_models SET capabilities = '[]' WHERE id = 1",
                                   "UPDATE ai_models SET unit_prices = '{}' WHERE id = 1",
                                   "DELETE FROM ai_models",
                                   "INSERT INTO model_routes VALUES ('r', 'priority', '[]', 1)",
                                   "UPDATE model_routes SET is_enabled = 0",
                                   "DELETE FROM model_routes",
                                   "INSERT INTO api_keys (public_id, key_sha256) VALUES ('p', " + sha(1) + ")",
                                   "UPDATE api_keys SET is_enabled = 0",
                                   "UPDATE api_keys SET grace_until = NOW()",
                                   "DELETE FROM api_keys"};
    for (const std::string& change : changes) {
        const std::int64_t before = catalog_version();
        run(change);
        BOOST_TEST(catalog_version() > before, change);
    }
}

BOOST_AUTO_TEST_CASE(changes_that_nothing_depends_on_leave_the_version_alone) {
    add_model("m");
    run("INSERT INTO api_keys (public_id, key_sha256) VALUES ('p', " + sha(1) +
        "); INSERT INTO users (name) VALUES ('u')");
    const std::int64_t before = catalog_version();
    run("UPDATE api_keys SET last_used_at = NOW(); UPDATE ai_models SET updated_at = NOW(); UPDATE users SET name = "
        "'v'");
    BOOST_TEST(catalog_version() == before);
}

BOOST_AUTO_TEST_CASE(a_change_that_is_rolled_back_leaves_the_version_alone) {
    const std::int64_t before = catalog_version();
    run("BEGIN; INSERT INTO ai_models (api_endpoint) VALUES ('x'); ROLLBACK");
    BOOST_TEST(catalog_version() == before);
}

BOOST_AUTO_TEST_CASE(the_change_token_is_the_version_whoever_changed_the_store) {
    const auto watching = again()->models();
    const std::int64_t first = watching->change_token();
    BOOST_TEST(first == watching->load_catalog().version);
    BOOST_TEST(watching->change_token() == first);

    add_model("by another");
    const std::int64_t second = watching->change_token();
    BOOST_TEST(second > first);

    const column_value own[] = {{"model_name", "own"}, {"api_endpoint", "x"}};
    watching->add_model(own);
    BOOST_TEST(watching->change_token() > second);
    BOOST_TEST(watching->change_token() == catalog_version());
}

BOOST_AUTO_TEST_CASE(the_catalog_is_one_version_while_another_writes) {
    // Many models, so that keys are written while models are being read.
    run("INSERT INTO ai_models (api_endpoint) WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT 'x' FROM n");
    const auto models = db->models();
    const std::int64_t before = models->change_token();
    constexpr int inserts = 300;
    std::jthread writer([this] {
        std::string text = dialect::do_not_sync;
        for (int i = 0; i < inserts; ++i) {
            text += "INSERT INTO api_keys (public_id, key_sha256) VALUES (" + std::to_string(i) + ", " + sha(1) + ");";
        }
        again()->sql()->run(text, [](const sql_result&) {});
    });
    for (catalog_rows rows; rows.version < before + inserts;) {
        rows = models->load_catalog();
        BOOST_TEST_REQUIRE(static_cast<std::int64_t>(rows.keys.size()) == rows.version - before);
    }
}

BOOST_AUTO_TEST_CASE(usage_being_stored_does_not_change_the_token) {
    run("INSERT INTO api_keys (id, public_id, key_sha256) VALUES (1, 'p', " + sha(1) + ")");
    const auto watching = db->models();
    const std::int64_t before = watching->change_token();
    usage_row row = usage_of("r", some_time_us);
    row.key_id = 1;
    db->usage()->insert({&row, 1}, {});
    BOOST_TEST(watching->change_token() == before);
}

BOOST_AUTO_TEST_CASE(updated_at_follows_a_change_that_does_not_set_it) {
    add_model("m");
    run("UPDATE ai_models SET updated_at = '2001-01-01 00:00:00'");
    BOOST_TEST(ask("SELECT updated_at FROM ai_models").starts_with("2001-01-01 00:00:00"));
    run("UPDATE ai_models SET api_key = 'k'");
    BOOST_TEST(holds("updated_at > '2020-01-01'", "ai_models"));
    run("UPDATE ai_models SET api_key = 'k2', updated_at = '2002-01-01 00:00:00'");
    BOOST_TEST(ask("SELECT updated_at FROM ai_models").starts_with("2002-01-01 00:00:00"));
}

BOOST_AUTO_TEST_CASE(ids_are_never_used_twice_and_explicit_ones_are_stepped_over) {
    run("INSERT INTO ai_models (id, api_endpoint) VALUES (5, 'x'); INSERT INTO ai_models (api_endpoint) VALUES ('y')");
    BOOST_TEST(ask("SELECT max(id) FROM ai_models") == "6");
    run("DELETE FROM ai_models; INSERT INTO ai_models (api_endpoint) VALUES ('z')");
    BOOST_TEST(ask("SELECT id FROM ai_models") == "7");
    BOOST_CHECK_THROW(run("INSERT INTO ai_models (id, api_endpoint) VALUES (0, 'x')"), row_refused);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
