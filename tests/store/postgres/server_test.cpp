// What only a store on a server can do wrong: connections end, servers stop answering, others write at the same time.
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <mutex>
#include <pqxx/pqxx>
#include <thread>

#include "store/conformance/usage_fixture.hpp"

namespace ferry::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The version of the catalog takes a minute to read, and nothing but the watchdog ends it.
struct slow_fixture : store_fixture {
    slow_fixture() {
        run("ALTER TABLE catalog_version RENAME TO hidden;"
            "CREATE VIEW catalog_version AS SELECT version FROM hidden, pg_sleep(60)");
    }
    std::unique_ptr<database> impatient(int most_ms) const {
        options made = chosen();
        made.url += "%20-c%20statement_timeout%3D0";
        made.call_timeout = milliseconds(most_ms);
        return open(made);
    }
    // Whom a cut connection belonged to goes on sleeping in the server, and holds the view.
    ~slow_fixture() { wake(); }
    void wake() { run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"); }
    void repair() {
        wake();
        run("DROP VIEW catalog_version; ALTER TABLE hidden RENAME TO catalog_version");
    }
};

milliseconds since(steady_clock::time_point begin) {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(server, usage_fixture)

BOOST_AUTO_TEST_CASE(a_connection_that_the_server_ended_is_opened_anew) {
    const auto models = again()->models();
    models->change_token();
    usage->insert(rows{usage_of("a", 1)}, {});
    run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND application_name = 'ferry' AND backend_type = 'client backend'");
    BOOST_TEST(models->change_token() == catalog_version());
    BOOST_TEST(usage->insert(rows{usage_of("b", 1)}, {}) == 1u);
}

BOOST_AUTO_TEST_CASE(a_database_in_another_encoding_than_utf8_is_refused_by_name) {
    for (const std::string encoding : {"LATIN1", "EUC_CN", "SQL_ASCII"}) {
        const std::string name = "ferry_" + schema() + "_in_" + encoding;
        pqxx::connection server(fresh_store::server());
        pqxx::nontransaction direct(server);
        direct.exec("CREATE DATABASE " + direct.quote_name(name) + " ENCODING '" + encoding +
                    "' TEMPLATE template0 LOCALE 'C'");
        options other = chosen();
        const std::string url = fresh_store::server();
        const std::size_t slash = url.find('/', url.find("//") + 2), end = url.find('?');
        other.url = url.substr(0, slash + 1) + name + (end == url.npos ? "" : url.substr(end));
        const auto says_so = [&](const store_error& error) {
            const std::string_view text = error.what();
            return text.find("has the encoding " + encoding) != text.npos && text.find("needs UTF8") != text.npos;
        };
        BOOST_CHECK_EXCEPTION(open(other)->migrate(), store_error, says_so);
        BOOST_CHECK_EXCEPTION(open(other)->pending_migrations(), store_error, says_so);
        direct.exec("DROP DATABASE " + direct.quote_name(name));
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_unavailable_and_its_password_unsaid) {
    options gone = chosen();
    gone.url = "postgres://u:hunter2@127.0.0.1:1/db";
    const auto is_clean = [](const store_unavailable& error) {
        const std::string_view text = error.what();
        return text.find("hunter2") == text.npos && text.find("127.0.0.1:1/db") != text.npos;
    };
    BOOST_CHECK_EXCEPTION(open(gone)->models()->change_token(), store_unavailable, is_clean);
    BOOST_CHECK_EXCEPTION(open(gone)->sql()->run("SELECT 1", [](const sql_result&) {}), store_unavailable, is_clean);
}

BOOST_AUTO_TEST_CASE(keys_get_ids_past_those_given_by_hand) {
    run("INSERT INTO api_keys (id, public_id, key_sha256) VALUES (7, 'a', " + sha(1) + ")");
    run("INSERT INTO api_keys (public_id, key_sha256) VALUES ('b', " + sha(1) + ")");
    BOOST_TEST(ask("SELECT max(id) FROM api_keys") == "8");
}

BOOST_AUTO_TEST_CASE(many_who_add_models_at_once_get_ids_of_their_own) {
    options patient = chosen();
    patient.busy_timeout = std::chrono::seconds(20);
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i) {
        writers.emplace_back([&patient, i] {
            std::string text;
            for (int n = 0; n < 25; ++n) {
                text += "INSERT INTO ai_models (api_endpoint) VALUES ('x');";
                const std::string id = std::to_string(1000 * (i + 1) + n);
                text += "INSERT INTO ai_models (id, api_endpoint) SELECT greatest(" + id +
                        ", max(id) + 3), 'x'"
                        " FROM ai_models ON CONFLICT DO NOTHING;";
            }
            open(patient)->sql()->run(text, [](const sql_result&) {});
        });
    }
    writers.clear();
    BOOST_TEST(std::stoi(ask("SELECT count(*) FROM ai_models")) >= 100);
}

BOOST_AUTO_TEST_CASE(programs_that_ship_at_once_do_not_stand_in_each_others_way) {
    for (int key = 1; key <= 5; ++key) {
        run("INSERT INTO api_keys (id, public_id, key_sha256) VALUES (" + std::to_string(key) + ", '" +
            std::to_string(key) + "', " + sha(1) + ")");
    }
    options patient = chosen();
    patient.busy_timeout = std::chrono::seconds(20);
    std::vector<std::jthread> shippers;
    for (int i = 0; i < 4; ++i) {
        shippers.emplace_back([&patient, i] {
            const auto own = open(patient)->usage();
            for (int n = 0; n < 20; ++n) {
                rows batch;
                for (int k = 0; k < 10; ++k) {
                    const std::string id = std::to_string(i) + "-" + std::to_string(n) + "-" + std::to_string(k);
                    batch.push_back(usage_of(id, some_time_us + n));
                    batch.back().key_id = i % 2 == 0 ? 1 + k % 5 : 5 - k % 5;
                    batch.back().cost_pico = 1;
                }
                own->insert(batch, {});
                own->insert(batch, {});
            }
        });
    }
    shippers.clear();
    BOOST_TEST(ask("SELECT count(*) FROM usage_records") == "800");
    BOOST_TEST(ask("SELECT sum(requests) || ' ' || sum(cost_pico) FROM usage_daily") == "800 800");
}

BOOST_AUTO_TEST_CASE(rows_go_to_the_partition_of_their_month_and_others_to_the_default) {
    run("INSERT INTO usage_records (request_id, started_at) VALUES ('now', NOW()), ('old', '2001-01-01')");
    const std::string month = ask("SELECT to_char(NOW() AT TIME ZONE 'UTC', 'YYYY_MM')");
    BOOST_TEST(ask("SELECT tableoid::regclass FROM usage_records WHERE request_id = 'now'") ==
               "usage_records_" + month);
    BOOST_TEST(ask("SELECT tableoid::regclass FROM usage_records WHERE request_id = 'old'") == "usage_records_default");
    BOOST_TEST(ask("SELECT count(*) FROM pg_inherits WHERE inhparent = 'usage_attempts'::regclass") == "4");
}

BOOST_AUTO_TEST_CASE(a_month_that_is_purged_loses_its_partitions_and_others_stay) {
    run("SELECT ferry_make_partitions('2040-01-15', 2)");
    const std::int64_t january = 2'208'988'800'000'000 + 5, february = january + 31LL * 86'400'000'000;
    usage->insert(rows{usage_of("a", january), usage_of("b", february)}, {});
    while (usage->purge(february - 5)) continue;
    BOOST_TEST(ids({}) == "b");
    BOOST_TEST(ask("SELECT coalesce(to_regclass('usage_records_2040_01')::text, 'gone')") == "gone");
    BOOST_TEST(ask("SELECT coalesce(to_regclass('usage_attempts_2040_01')::text, 'gone')") == "gone");
    BOOST_TEST(ask("SELECT coalesce(to_regclass('usage_records_2040_02')::text, 'gone')") == "usage_records_2040_02");
    BOOST_TEST(ask("SELECT requests FROM usage_daily WHERE day = '2040-01-01'") == "1");
}

BOOST_AUTO_TEST_CASE(the_last_requests_of_a_key_are_found_by_an_index) {
    const std::string plan = list(
        "SET enable_seqscan = off; EXPLAIN SELECT * FROM usage_records_default WHERE key_id = 7"
        " ORDER BY started_at DESC LIMIT 20");
    BOOST_TEST(plan.find("key_id_started_at") != std::string::npos, plan);
}

BOOST_AUTO_TEST_CASE(a_month_whose_rows_are_in_the_default_partition_is_named_and_left_there) {
    run("INSERT INTO usage_records (request_id, started_at) VALUES ('a', '2040-02-03')");
    BOOST_TEST(ask("SELECT ferry_make_partitions('2040-01-15', 2)") == "{usage_records_2040_02}");
    BOOST_TEST(ask("SELECT to_regclass('usage_records_2040_01') IS NOT NULL") == "t");
    BOOST_TEST(ask("SELECT to_regclass('usage_records_2040_03') IS NOT NULL") == "t");
    BOOST_TEST(ask("SELECT tableoid::regclass FROM usage_records") == "usage_records_default");
    BOOST_TEST(usage->insert(rows{usage_of("b", some_time_us)}, {}) == 1u);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_no_prices_are_refused) {
    for (const char* price : {"'NaN'", "'Infinity'", "9200000000.1"}) {
        BOOST_CHECK_THROW(
            run(std::string("INSERT INTO ai_models (api_endpoint, cost_per_1k_tokens) VALUES ('x', ") + price + ")"),
            row_refused);
    }
}

BOOST_AUTO_TEST_CASE(a_change_is_told_to_who_watches) {
    std::mutex mutex;
    std::condition_variable told;
    int looks = 0;
    const auto watch = db->watch_catalog([&] {
        const std::lock_guard lock(mutex);
        ++looks;
        told.notify_all();
    });
    const auto wait_for = [&](int wanted) {
        std::unique_lock lock(mutex);
        return told.wait_for(lock, std::chrono::seconds(10), [&] { return looks >= wanted; });
    };
    BOOST_TEST(wait_for(1));  // LISTEN has begun
    add_model("m");
    BOOST_TEST(wait_for(2));
    run("BEGIN; UPDATE ai_models SET api_key = 'k'; ROLLBACK; UPDATE ai_models SET updated_at = NOW()");
    run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
    BOOST_TEST(wait_for(4));  // once for the end of the connection, once for the next one
    add_model("n");
    BOOST_TEST(wait_for(5));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(slow_server, slow_fixture)

BOOST_AUTO_TEST_CASE(a_call_without_an_answer_ends_at_its_deadline) {
    const auto models = impatient(200)->models();
    const auto begin = steady_clock::now();
    BOOST_CHECK_THROW(models->change_token(), store_unavailable);
    BOOST_TEST(since(begin) >= milliseconds(200));
    BOOST_TEST(since(begin) < milliseconds(5000));
    repair();
    BOOST_TEST(models->change_token() == catalog_version());
}

BOOST_AUTO_TEST_CASE(a_statement_that_takes_too_long_is_ended_by_the_server_first) {
    options made = chosen();
    made.call_timeout = milliseconds(3000);
    BOOST_CHECK_EXCEPTION(open(made)->models()->change_token(), store_unavailable, [](const store_unavailable& error) {
        return std::string_view(error.what()).find("statement timeout") != std::string_view::npos;
    });
}

BOOST_AUTO_TEST_CASE(calls_under_way_end_soon_once_the_process_hurries) {
    const auto slow = impatient(600'000);
    const auto models = slow->models();
    const auto begin = steady_clock::now();
    std::jthread hurrying([this, &slow] {
        while (ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0") {
        }
        slow->hurry(milliseconds(100));
    });
    BOOST_CHECK_THROW(models->change_token(), store_unavailable);
    BOOST_CHECK_THROW(models->change_token(), store_unavailable);
    BOOST_TEST(since(begin) < milliseconds(10'000));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
