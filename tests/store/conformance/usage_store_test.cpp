#include <algorithm>

#include "store/conformance/usage_fixture.hpp"

namespace ferry::store {
namespace {

using attempts = std::vector<attempt_row>;

attempt_row attempt_of(const usage_row& row, std::int64_t attempt) {
    attempt_row made;
    made.request_id = row.request_id;
    made.started_at_us = row.started_at_us;
    made.attempt = attempt;
    made.model_id = 3;
    made.provider = "other";
    made.status = 200;
    return made;
}

usage_row full_row() {
    usage_row row = usage_of("r", some_time_us);
    row.first_token_at_us = some_time_us + 1;
    row.ttft_us = 1;
    row.overhead_us = 2;
    row.key_id = 3;
    row.user_id = 4;
    row.team_id = 5;
    row.model_id = 6;
    row.upstream_model = "up";
    row.is_stream = true;
    row.status = 502;
    row.error_code = "upstream_unreachable";
    row.finish_reason = "stop";
    row.attempts = 7;
    row.prompt_tokens = 8;
    row.completion_tokens = 9;
    row.total_tokens = 17;
    row.cached_tokens = 10;
    row.cache_write_tokens = 11;
    row.reasoning_tokens = 12;
    row.audio_tokens = 13;
    row.units = 14;
    row.unit_kind = "images";
    row.unit_price_pico = 40;
    row.issued_ids = R"(["file-full"])";
    row.cost_pico = 15;
    row.input_price_pico = 16;
    row.output_price_pico = 17;
    row.cached_price_pico = 18;
    row.conversation_id = 81;
    row.end_user = "e";
    row.tags = "{}";
    row.client_request_id = "c";
    row.upstream_request_id = "u";
    row.client_ip = "::1";
    row.user_agent = dialect::text_may_hold_zero ? std::string("a\0b", 3) : "a\"\\{},b";
    row.trace_id = "t";
    row.catalog_version = 19;
    return row;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(usage, usage_fixture)

BOOST_AUTO_TEST_CASE(a_row_comes_back_as_it_was_inserted) {
    const usage_row in = full_row();
    BOOST_TEST(usage->insert(rows{in}, {}) == 1u);
    const usage_row out = all().at(0);
    BOOST_TEST((out == in));
    BOOST_TEST(ask("SELECT started_at FROM usage_records").starts_with("2030-01-02 03:04:05.678901"));
    BOOST_TEST(ask("SELECT first_token_at FROM usage_records").starts_with("2030-01-02 03:04:05.678902"));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_null) {
    const usage_row in = usage_of("r", some_time_us);
    usage->insert(rows{in}, {});
    BOOST_TEST((all().at(0) == in));
    for (const char* column : {"prompt_tokens", "completion_tokens", "total_tokens", "ttft_us", "key_id", "error_code",
                               "conversation_id", "first_token_at", "client_ip"}) {
        BOOST_TEST(ask(std::string("SELECT ") + column + " FROM usage_records") == "NULL", column);
    }
}

BOOST_AUTO_TEST_CASE(a_batch_given_again_changes_nothing) {
    run("INSERT INTO api_keys (id, public_id, key_sha256) VALUES (3, 'p', " + sha(1) + ")");
    const rows batch{full_row(), usage_of("s", some_time_us)};
    const attempts tries{attempt_of(batch[0], 1), attempt_of(batch[0], 2)};
    BOOST_TEST(usage->insert(batch, tries) == 2u);
    const auto daily = list("SELECT requests || ' ' || cost_pico FROM usage_daily ORDER BY 1");
    BOOST_TEST(usage->insert(batch, tries) == 0u);
    BOOST_TEST(ask("SELECT count(*) FROM usage_records") == "2");
    BOOST_TEST(ask("SELECT count(*) FROM usage_attempts") == "2");
    BOOST_TEST(list("SELECT requests || ' ' || cost_pico FROM usage_daily ORDER BY 1") == daily);
}

BOOST_AUTO_TEST_CASE(only_what_is_new_in_a_batch_is_added_and_counted) {
    usage->insert(rows{usage_of("a", 1)}, {});
    BOOST_TEST(usage->insert(rows{usage_of("a", 1), usage_of("b", 1), usage_of("b", 1)}, {}) == 1u);
    BOOST_TEST(ask("SELECT sum(requests) FROM usage_daily") == "2");
}

BOOST_AUTO_TEST_CASE(a_batch_may_lack_rows_or_attempts) {
    BOOST_TEST(usage->insert({}, {}) == 0u);
    BOOST_TEST(usage->insert({}, attempts{attempt_of(usage_of("a", 1), 1)}) == 0u);
    BOOST_TEST(ask("SELECT count(*) FROM usage_attempts") == "1");
}

BOOST_AUTO_TEST_CASE(one_id_at_two_times_is_two_requests) {
    BOOST_TEST(usage->insert(rows{usage_of("a", 1), usage_of("a", 2)}, {}) == 2u);
}

BOOST_AUTO_TEST_CASE(attempts_come_back_as_they_were_inserted) {
    const usage_row row = usage_of("r", some_time_us);
    attempt_row tried = attempt_of(row, 2);
    tried.error_code = "e";
    tried.was_sent = true;
    tried.connect_us = 1;
    tried.ttft_us = 2;
    tried.bytes_up = 3;
    tried.bytes_down = 4;
    tried.prompt_tokens = 5;
    tried.message = "told so";
    usage->insert(rows{row}, attempts{tried});
    BOOST_TEST(
        ask("SELECT concat FROM (SELECT request_id || attempt || model_id || provider || status ||"
            " error_code || was_sent || connect_us || ttft_us || bytes_up || bytes_down || prompt_tokens || message"
            " AS concat FROM usage_attempts) AS one") == "r23other200e112345told so");
    BOOST_TEST(ask("SELECT started_at FROM usage_attempts").starts_with("2030-01-02 03:04:05.678901"));
    BOOST_TEST(ask("SELECT duration_us FROM usage_attempts") == "NULL");
}

BOOST_AUTO_TEST_CASE(the_daily_roll_up_is_exact) {
    rows batch;
    for (int i = 0; i < 300; ++i) {
        usage_row row = usage_of("r" + std::to_string(i), some_time_us + (i % 2) * day_us);
        row.key_id = i % 3 == 0 ? std::nullopt : std::optional<std::int64_t>(i % 3);
        row.model_id = 7;
        row.prompt_tokens = i;
        row.completion_tokens = i % 5 == 0 ? std::nullopt : std::optional<std::int64_t>(2 * i);
        row.cost_pico = 1'000'000'007LL * i;
        row.status = i % 10 == 0 ? 500 : 200;
        row.currency = i % 7 == 0 ? "CNY" : "USD";
        batch.push_back(std::move(row));
    }
    for (std::size_t begin = 0; begin < batch.size(); begin += 70) {
        usage->insert(std::span(batch).subspan(begin, std::min<std::size_t>(70, batch.size() - begin)), {});
    }
    const std::string differences = ask(
        std::string("SELECT count(*) FROM (SELECT * FROM (SELECT ") + dialect::day_of_start +
        ", coalesce(key_id, 0), model_id, provider, currency, count(*), sum(CASE WHEN status >= 400 THEN 1 ELSE 0 END),"
        " sum(prompt_tokens), coalesce(sum(completion_tokens), 0), sum(cost_pico) FROM usage_records"
        " GROUP BY 1, 2, 3, 4, 5) AS records"
        " EXCEPT SELECT day, key_id, model_id, provider, currency, requests, errors, prompt_tokens, completion_tokens,"
        " cost_pico FROM usage_daily) AS different");
    BOOST_TEST(differences == "0");
    BOOST_TEST(ask("SELECT count(*) FROM usage_daily") == "12");
    BOOST_TEST(list("SELECT DISTINCT day FROM usage_daily ORDER BY day") == "2030-01-02,2030-01-03");
}

BOOST_AUTO_TEST_CASE(a_roll_up_past_64_bits_stays_at_the_largest_number) {
    usage_row row = usage_of("a", 1);
    row.cost_pico = INT64_MAX - 5;
    usage->insert(rows{row}, {});
    rows more{usage_of("b", 1), usage_of("c", 1)};
    more[0].cost_pico = more[1].cost_pico = INT64_MAX;
    usage->insert(more, {});
    BOOST_TEST(ask("SELECT cost_pico FROM usage_daily") == std::to_string(INT64_MAX));
}

BOOST_AUTO_TEST_CASE(a_client_that_went_away_is_not_an_error) {
    rows batch{usage_of("a", 1), usage_of("b", 1), usage_of("c", 1), usage_of("d", 1)};
    batch[0].status = 499;
    batch[0].error_code = "client_gone";
    batch[1].status = 0;
    batch[2].error_code = "upstream_stream_interrupted";
    usage->insert(batch, {});
    BOOST_TEST(ask("SELECT errors FROM usage_daily") == "2");
}

BOOST_AUTO_TEST_CASE(a_key_remembers_its_latest_use) {
    run("INSERT INTO api_keys (id, public_id, key_sha256) VALUES (1, 'p', " + sha(1) + ")");
    for (const std::int64_t time : {some_time_us, some_time_us + 5, some_time_us - 5}) {
        usage_row row = usage_of("r", time);
        row.key_id = 1;
        usage->insert(rows{row}, {});
    }
    BOOST_TEST(db->keys()->list_keys().at(0).last_used_at_us.value() == some_time_us + 5);
}

BOOST_AUTO_TEST_CASE(rows_whose_key_user_and_model_are_gone_are_stored) {
    usage_row row = usage_of("r", 1);
    row.key_id = row.user_id = row.team_id = row.model_id = 12345;
    BOOST_TEST(usage->insert(rows{row}, {}) == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_row_stores_nothing_of_its_batch) {
    run(dialect::refuse_bad_rows);
    BOOST_CHECK_THROW(usage->insert(rows{usage_of("a", 1), usage_of("bad", 1)}, {}), row_refused);
    BOOST_TEST(ask("SELECT count(*) FROM usage_records") == "0");
    BOOST_TEST(usage->insert(rows{usage_of("a", 1)}, {}) == 1u);
    BOOST_TEST(ask("SELECT sum(requests) FROM usage_daily") == "1");
}

BOOST_AUTO_TEST_CASE(a_row_that_breaks_another_constraint_is_not_dropped_in_silence) {
    run("CREATE UNIQUE INDEX one_row_per_address ON usage_records (client_ip, started_at)");
    rows batch{usage_of("a", 1), usage_of("b", 1)};
    batch[0].client_ip = batch[1].client_ip = "::1";
    BOOST_CHECK_THROW(usage->insert(batch, {}), row_refused);
}

BOOST_AUTO_TEST_CASE(a_locked_store_is_unavailable_and_then_available_again) {
    const auto other = again()->sql();
    const rows batch{usage_of("a", 1)};
    other->run(dialect::lock_against_writers, [&](const sql_result& result) {
        if (result.has_rows) BOOST_CHECK_THROW(usage->insert(batch, {}), store_unavailable);
    });
    BOOST_TEST(usage->insert(batch, {}) == 1u);
}

BOOST_AUTO_TEST_CASE(missing_tables_are_unavailable_not_refused) {
    run("ALTER TABLE usage_records RENAME TO hidden");
    BOOST_CHECK_THROW(usage->insert(rows{usage_of("a", 1)}, {}), store_unavailable);
    run("ALTER TABLE hidden RENAME TO usage_records");
    BOOST_TEST(usage->insert(rows{usage_of("a", 1)}, {}) == 1u);
}

// More than go in by one statement, of which some are known, in no order.
BOOST_AUTO_TEST_CASE(a_batch_that_is_known_in_part_counts_only_what_is_new) {
    rows batch;
    attempts tries;
    for (int i = 0; i < 100; ++i) {
        batch.push_back(usage_of(std::to_string(i * 37 % 100), some_time_us + i));
        batch.back().cost_pico = 1;
        tries.push_back(attempt_of(batch.back(), 1));
    }
    BOOST_TEST(usage->insert(std::span(batch).subspan(30, 41), std::span(tries).subspan(30, 20)) == 41u);
    BOOST_TEST(usage->insert(batch, tries) == 59u);
    BOOST_TEST(usage->insert(batch, tries) == 0u);
    BOOST_TEST(ask("SELECT count(*) FROM usage_records") == "100");
    BOOST_TEST(ask("SELECT count(*) FROM usage_attempts") == "100");
    BOOST_TEST(ask("SELECT requests || ' ' || cost_pico FROM usage_daily") == "100 100");
}

// A statement that runs again is told only what differs: nothing of the rows before may show in those that follow.
BOOST_AUTO_TEST_CASE(rows_of_every_shape_that_follow_each_other_come_back_as_they_were_inserted) {
    rows batch;
    for (int i = 0; i < 200; ++i) {
        batch.push_back(i / 16 % 3 == 0 ? usage_of("r", some_time_us + i) : full_row());
        usage_row& row = batch.back();
        row.request_id = std::to_string(1000 + i * 37 % 200);
        row.started_at_us += i;
        row.prompt_tokens = i % 7 == 0 ? std::nullopt : std::optional<std::int64_t>(i / 50);
        row.end_user =
            i % 5 == 0 ? std::nullopt : std::optional<std::string>(std::string(i / 16 % 4 * 30, 'a' + i % 26));
        row.model_name = std::string(i / 32 % 2 == 0 ? 3 : 100, 'a' + i % 26);
    }
    BOOST_TEST(usage->insert(batch, {}) == batch.size());
    std::sort(batch.begin(), batch.end(), [](const auto& a, const auto& b) { return a.request_id < b.request_id; });
    const rows out = all();
    BOOST_REQUIRE(out.size() == batch.size());
    for (std::size_t i = 0; i < out.size(); ++i) BOOST_TEST((out[i] == batch[i]), out[i].request_id);
}

BOOST_AUTO_TEST_CASE(a_refused_row_among_many_stores_nothing_of_its_batch) {
    run("CREATE UNIQUE INDEX one_row_per_address ON usage_records (client_ip, started_at)");
    rows batch;
    for (int i = 0; i < 50; ++i) batch.push_back(usage_of(std::to_string(i), some_time_us));
    batch[20].client_ip = batch[30].client_ip = "::1";
    BOOST_CHECK_THROW(usage->insert(batch, {}), row_refused);
    BOOST_TEST(ask("SELECT count(*) FROM usage_records") == "0");
    BOOST_TEST(ask("SELECT count(*) FROM usage_daily") == "0");
    BOOST_TEST(usage->insert(std::span(batch).first(30), {}) == 30u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
