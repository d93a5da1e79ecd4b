// How the server runs the statements that read conversations: in the order of an index, without sorting.
#include "store/conformance/conversation_fixture.hpp"
#include "store/postgres/conversation_sql.hpp"

namespace ferry::store {

namespace {

// Enough rows that an index pays: one long conversation among many of one owner.
struct plan_fixture : conversation_fixture {
    plan_fixture() {
        run("INSERT INTO conversations (user_id, id, created_at, next_position)"
            " SELECT 7, n, timestamptz '2030-01-01' + n * interval '1 s', 20000 FROM generate_series(1, 3000) AS n;"
            "INSERT INTO messages (user_id, conversation_id, position, role, content)"
            " SELECT 7, 5, n, 'user', '\"x\"' FROM generate_series(0, 19999) AS n;"
            "ANALYZE conversations; ANALYZE messages");
    }
    std::string plan_of(const std::string& sql) {
        std::string plan;
        const sql_result found = run("EXPLAIN (COSTS OFF) " + sql).back();
        for (const auto& row : found.rows) plan += row.at(0).text + "\n";
        return plan;
    }
    bool reads_along(const std::string& index, const std::string& sql) {
        const std::string plan = plan_of(sql);
        BOOST_TEST_MESSAGE(plan);
        const auto has = [&plan](const std::string& words) { return plan.find(words) != std::string::npos; };
        return (has("Index Scan using " + index + " ") || has("Index Scan Backward using " + index + " ")) &&
               !has("Sort") && !has("Seq Scan") && !has("Filter");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plans_of_conversations, plan_fixture)

BOOST_AUTO_TEST_CASE(pages_and_tails_are_read_along_an_index) {
    const std::string messages = "messages_user_id_conversation_id_position_key", list = "conversations_by_time";
    for (const bool is_ascending : {false, true}) {
        const page_of first{.most = 50, .is_ascending = is_ascending};
        page_of later = first;
        later.after = 77;
        BOOST_TEST(reads_along(messages, postgres::messages_sql(7, 5, first, 0, std::nullopt)));
        BOOST_TEST(reads_along(messages, postgres::messages_sql(7, 5, later, 0, 10'000)));
        BOOST_TEST(reads_along(list, postgres::list_sql(7, first, 0, "")));
        BOOST_TEST(reads_along(list, postgres::list_sql(7, later, some_time_us, "")));
    }
    BOOST_TEST(reads_along(messages, postgres::tail_places_sql(7, 5, 0, 50)));
}

BOOST_AUTO_TEST_CASE(turns_are_known_by_an_index) {
    const std::string plan =
        plan_of("SELECT 1 FROM messages WHERE ordinal = 0 AND request_id = 'a' AND request_started_at = '2030-01-01'");
    BOOST_TEST(plan.find("messages_by_turn") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
