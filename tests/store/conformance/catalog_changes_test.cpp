// Which rows have changed is known from the store itself, whoever changed them.
#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"

namespace ferry::store {
namespace {

struct changes_fixture : store_fixture {
    std::unique_ptr<model_store> models = db->models();
    std::int64_t seen = 0;

    changes_fixture() {
        run("INSERT INTO ai_models (id, model_name, api_endpoint) VALUES (1, 'a', 'http://h/v1'),"
            " (2, 'b', 'http://h/v1'), (3, 'c', 'http://h/v1')");
        run("INSERT INTO model_routes (name, strategy, members) VALUES ('r', 'priority', '[\"a\"]'),"
            " ('s', 'priority', '[\"a\"]')");
        run("INSERT INTO api_keys (id, public_id, key_sha256) VALUES (1, 'p', " + sha(1) + "), (2, 'q', " + sha(2) +
            ")");
        seen = catalog_version();
    }

    // What has changed since the last look, in a few words: "2.1 m1=x m3- r.. kp..".
    std::string news() {
        const auto changes = models->load_changes(seen);
        if (!changes) return "everything";
        BOOST_TEST(changes->version == catalog_version());
        seen = changes->version;
        std::string all;
        const auto say = [&all](const std::string& what) { all += (all.empty() ? "" : " ") + what; };
        for (const auto& row : changes->models) say("m" + std::to_string(row.id) + "=" + row.model_name);
        for (const auto id : changes->models_gone) say("m" + std::to_string(id) + "-");
        for (const auto& row : changes->routes) say("r" + row.name + "=" + row.strategy);
        for (const auto& name : changes->routes_gone) say("r" + name + "-");
        for (const auto& row : changes->keys) say("k" + std::to_string(row.id) + "=" + row.public_id);
        for (const auto id : changes->keys_gone) say("k" + std::to_string(id) + "-");
        return all;
    }
    std::string news_after(std::string_view statement) {
        run(statement);
        return news();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(changes_of_the_catalog, changes_fixture)

BOOST_AUTO_TEST_CASE(each_change_is_read_as_the_rows_it_touched) {
    BOOST_TEST(news() == "");
    BOOST_TEST(news_after("UPDATE ai_models SET model_name = 'x' WHERE id = 1") == "m1=x");
    BOOST_TEST(news_after("DELETE FROM ai_models WHERE id = 3") == "m3-");
    BOOST_TEST(news_after("INSERT INTO ai_models (id, model_name, api_endpoint) VALUES (9, 'n', 'http://h/v1')") ==
               "m9=n");
    BOOST_TEST(news_after("UPDATE ai_models SET id = 12 WHERE id = 9") == "m12=n m9-");
    BOOST_TEST(news_after("UPDATE model_routes SET strategy = 'weighted' WHERE name = 'r'") == "rr=weighted");
    BOOST_TEST(news_after("UPDATE model_routes SET name = 't' WHERE name = 'r'") == "rt=weighted rr-");
    BOOST_TEST(news_after("DELETE FROM model_routes WHERE name = 's'") == "rs-");
    BOOST_TEST(news_after("UPDATE api_keys SET is_enabled = 0 WHERE id = 2") == "k2=q");
    BOOST_TEST(news_after("DELETE FROM api_keys WHERE id = 1") == "k1-");
    const std::string insert = "INSERT INTO api_keys (id, public_id, key_sha256) VALUES (5, 'z', ";
    BOOST_TEST(news_after(insert + sha(3) + ")") == "k5=z");
}

BOOST_AUTO_TEST_CASE(several_changes_are_read_at_once_and_each_row_as_it_is_now) {
    run("UPDATE ai_models SET weight = 2");
    run("UPDATE ai_models SET model_name = 'later' WHERE id = 2");
    run("DELETE FROM ai_models WHERE id = 3");
    run("UPDATE api_keys SET name = 'n'");
    BOOST_TEST(news() == "m1=a m2=later m3- k1=p k2=q");
    BOOST_TEST(news() == "");
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_that_is_served_is_no_change) {
    BOOST_TEST(news_after("UPDATE api_keys SET last_used_at = CURRENT_TIMESTAMP") == "");
    BOOST_TEST(news_after("UPDATE ai_models SET updated_at = '2030-01-01 00:00:00'") == "");
    BOOST_TEST(news_after("UPDATE ai_models SET weight = 5 WHERE id = 4711") == "");
}

BOOST_AUTO_TEST_CASE(a_version_without_its_rows_means_that_everything_is_read) {
    BOOST_TEST(news_after("UPDATE catalog_version SET version = version + 1") == "everything");
    seen = catalog_version();
    run("UPDATE ai_models SET weight = 2 WHERE id = 1");
    run("UPDATE ai_models SET weight = 2 WHERE id = 2");
    run("DELETE FROM catalog_changes WHERE version = " + std::to_string(seen + 1));
    BOOST_TEST(news() == "everything");
    seen = catalog_version() + 1;  // the store was put back to an earlier time
    BOOST_TEST(news() == "everything");
}

BOOST_AUTO_TEST_CASE(the_log_of_changes_does_not_grow_for_ever_and_many_changes_mean_that_everything_is_read) {
    run("INSERT INTO ai_models (model_name, api_endpoint) WITH RECURSIVE n (i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11000) SELECT 'many', 'http://h/v1' FROM n");
    BOOST_TEST(news() == "everything");
    seen = catalog_version();
    std::string one_by_one;
    for (int i = 0; i < 100; ++i) one_by_one += "UPDATE ai_models SET weight = 3 WHERE id = 1;";
    run(one_by_one);
    BOOST_TEST(news() == "m1=a");
    BOOST_TEST(std::stoll(ask("SELECT count(*) FROM catalog_changes")) <= 10'200);
}

BOOST_AUTO_TEST_CASE(a_change_that_was_taken_back_was_none) {
    run("BEGIN; UPDATE ai_models SET weight = 2 WHERE id = 1; ROLLBACK;");
    BOOST_TEST(news() == "");
    run("BEGIN; UPDATE ai_models SET weight = 2 WHERE id = 1; UPDATE api_keys SET name = 'x' WHERE id = 1; COMMIT;");
    BOOST_TEST(news() == "m1=a k1=p");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
