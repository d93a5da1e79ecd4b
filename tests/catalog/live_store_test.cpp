// The refresher on a real embedded store, with the statements users write.
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "catalog/refresher.hpp"
#include "sample_rows.hpp"
#include "store/database.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;
using namespace std::chrono_literals;

namespace {

store::options options_in(const std::filesystem::path& folder) {
    store::options chosen;
    chosen.url = "sqlite:" + (folder / "ferry.db").string();
    return chosen;
}

std::filesystem::path make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ferry-catalog-XXXXXX").string();
    return mkdtemp(pattern.data());
}

struct live_store_scene {
    std::filesystem::path folder = make_folder();
    std::unique_ptr<store::database> database = store::open(options_in(folder));
    std::unique_ptr<store::sql_runner> sql;
    std::mutex mutex;
    std::condition_variable news;
    catalog::catalog_ptr newest;
    std::optional<catalog::refresher> refresher;

    live_store_scene() {
        database->migrate();
        sql = database->sql();
        refresher.emplace(catalog::loader([this] { return database->models(); }, no_secrets), 5ms,
                          [this](catalog::published fresh) {
                              const std::lock_guard lock(mutex);
                              newest = std::move(fresh.models);
                              news.notify_all();
                          });
    }
    ~live_store_scene() {
        refresher->stop();
        std::filesystem::remove_all(folder);
    }

    void run(std::string_view text) {
        sql->run(text, [](const store::sql_result&) {});
    }

    template <class Condition>
    bool becomes(const Condition& holds) {
        std::unique_lock lock(mutex);
        return news.wait_for(lock, 10s, [&] { return newest && holds(*newest); });
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(live_store)

BOOST_AUTO_TEST_CASE(rows_inserted_changed_and_disabled_by_sql_are_live) {
    live_store_scene s;
    s.refresher->start();
    BOOST_TEST(s.becomes([](const auto& models) { return models.empty(); }));
    s.run(
        "INSERT INTO ai_models (id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, "
        "is_enabled, created_at, updated_at) VALUES (5, 'qwen-plus', 'Qwen', 'Other', "
        "'https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions', 'your-qwen-api-key', 0.004, 1, NOW(), "
        "NOW())");
    BOOST_REQUIRE(s.becomes([](const auto& models) { return models.find_row(5) != nullptr; }));
    BOOST_TEST(s.newest->find_row(5)->price.input == 4'000'000);
    BOOST_TEST(s.newest->find_row(5)->created > 1'700'000'000);
    BOOST_TEST(s.newest->find_row(5)->where.host == "dashscope.aliyuncs.com");

    const auto before = s.newest->version();
    s.run("UPDATE ai_models SET upstream_model = 'qwen-max', updated_at = NOW() WHERE id = 5");
    BOOST_TEST(s.becomes([](const auto& models) { return models.find_row(5)->upstream_model == "qwen-max"; }));
    BOOST_TEST(s.newest->version() > before);

    s.run("UPDATE ai_models SET is_enabled = 0 WHERE id = 5");
    BOOST_TEST(s.becomes([](const auto& models) { return models.find_row(5) == nullptr; }));
}

BOOST_AUTO_TEST_CASE(a_bad_row_in_the_table_does_not_keep_the_good_ones_away) {
    live_store_scene s;
    s.run("INSERT INTO ai_models (model_name, api_endpoint) VALUES ('good', 'http://127.0.0.1:9/v1')");
    s.run("INSERT INTO ai_models (model_name, api_endpoint) VALUES ('bad', 'http://user:pw@127.0.0.1:9/v1')");
    s.run("INSERT INTO model_routes (name, strategy, members) VALUES ('any', 'priority', '[\"good\"]')");
    s.refresher->start();
    BOOST_TEST(!s.newest->rows_of("good").empty());
    BOOST_TEST(s.newest->rows_of("bad").empty());
    BOOST_TEST(s.newest->find_route("any"));
    BOOST_REQUIRE(s.refresher->state().refused->all().size() == 1u);
    BOOST_TEST(s.refresher->state().refused->all()[0].name == "bad");
}

BOOST_AUTO_TEST_SUITE_END()
