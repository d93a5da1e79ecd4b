// The statements that the documentation of the table tells people to run, as they are written there.
#include <boost/test/unit_test.hpp>

#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "store/conformance/store_fixture.hpp"

namespace ferry::store {

BOOST_FIXTURE_TEST_SUITE(reference_sql, store_fixture)

constexpr std::string_view inserts = R"sql(INSERT INTO ai_models (
    model_name, display_name, provider, api_endpoint, api_key, 
    cost_per_1k_tokens, is_enabled, created_at, updated_at
) VALUES (
    'qwen-plus', '通义千问-Plus', 'qwen',
    'https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions',
    'your-qwen-api-key',
    0.004, 1, NOW(), NOW()
);
INSERT INTO ai_models (
    model_name, display_name, provider, api_endpoint, api_key, 
    cost_per_1k_tokens, is_enabled, created_at, updated_at
) VALUES (
    'gpt-4', 'GPT-4', 'other',
    'https://api.openai.com/v1/chat/completions',
    'your-openai-api-key',
    0.03, 1, NOW(), NOW()
);
INSERT INTO ai_models (
    model_name, display_name, provider, api_endpoint, api_key, 
    cost_per_1k_tokens, is_enabled, created_at, updated_at
) VALUES (
    'llama2', 'Llama2本地模型', 'other',
    'http://localhost:11434/v1/chat/completions',
    'ollama', -- Ollama通常不需要真实API密钥
    0.0, 1, NOW(), NOW()
);
INSERT INTO ai_models (
    model_name, display_name, provider, api_endpoint, api_key, 
    cost_per_1k_tokens, is_enabled, created_at, updated_at
) VALUES (
    'glm-4', '智谱GLM-4', 'other',
    'https://open.bigmodel.cn/api/paas/v4/chat/completions',
    'your-zhipu-api-key',
    0.005, 1, NOW(), NOW()
);
)sql";

constexpr std::string_view update_to_other = R"sql(UPDATE ai_models SET 
    provider = 'other',  -- 改为小写
    updated_at = NOW()
WHERE id = 5;
)sql";

constexpr std::string_view update_to_qwen = R"sql(UPDATE ai_models SET 
    provider = 'qwen',  -- 使用专门的Qwen服务
    updated_at = NOW()
WHERE id = 5;
)sql";

BOOST_AUTO_TEST_CASE(the_inserts_make_rows_that_load) {
    const auto results = run(inserts);
    BOOST_TEST_REQUIRE(results.size() == 4u);
    for (const sql_result& result : results) BOOST_TEST(result.changed == 1);

    const auto models = db->models()->load_catalog().models;
    BOOST_TEST_REQUIRE(models.size() == 4u);
    for (const model_row& row : models) BOOST_TEST(row.defect == "");
    BOOST_TEST(models[0].model_name == "qwen-plus");
    BOOST_TEST(models[0].display_name == "通义千问-Plus");
    BOOST_TEST(models[0].base_price_pico == 4'000'000);
    BOOST_TEST(models[1].base_price_pico == 30'000'000);
    BOOST_TEST(models[2].base_price_pico == 0);
    BOOST_TEST(models[2].api_key == "ollama");
    BOOST_TEST(models[3].base_price_pico == 5'000'000);
}

BOOST_AUTO_TEST_CASE(the_updates_change_row_five_and_are_seen) {
    run("INSERT INTO ai_models (id, model_name, provider, api_endpoint, updated_at) VALUES"
        " (5, 'qwen-plus', 'Other', 'http://h/v1/chat/completions', '2001-01-01 00:00:00')");
    const auto watching = db->models();
    const std::int64_t before = watching->change_token();

    BOOST_TEST(run(update_to_other).at(0).changed == 1);
    BOOST_TEST(watching->change_token() > before);
    BOOST_TEST(watching->load_catalog().models.at(0).provider == "other");
    BOOST_TEST(holds("updated_at > '2020-01-01'", "ai_models"));

    BOOST_TEST(run(update_to_qwen).at(0).changed == 1);
    BOOST_TEST(watching->load_catalog().models.at(0).provider == "qwen");
}

BOOST_AUTO_TEST_CASE(now_is_one_time_for_the_whole_statement_in_utc) {
    const std::string now = ask("SELECT NOW()");
    const auto read = parse_time(now);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(std::abs(*read - wall_us()) < 5'000'000);
    const auto rows =
        run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT NOW() FROM n")
            .at(0)
            .rows;
    BOOST_TEST(rows.front().at(0).text == rows.back().at(0).text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
