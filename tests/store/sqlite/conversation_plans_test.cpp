// How SQLite runs the statements that read conversations: in the order of an index, without sorting.
#include "store/conformance/conversation_fixture.hpp"
#include "store/sqlite/conversation_sql.hpp"

namespace ferry::store {

namespace {

struct plan_fixture : conversation_fixture {
    std::string plan_of(const std::string& sql) {
        std::string plan;
        const sql_result found = run("EXPLAIN QUERY PLAN " + sql).back();
        for (const auto& row : found.rows) plan += row.at(3).text + ";";
        return plan;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plans_of_conversations, plan_fixture)

BOOST_AUTO_TEST_CASE(pages_and_tails_are_read_along_an_index) {
    const std::string messages =
        "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (user_id=? AND conversation_id=? AND position>?";
    for (const bool is_ascending : {false, true}) {
        const page_of first{.is_ascending = is_ascending}, later{.after = 1, .is_ascending = is_ascending};
        BOOST_TEST(plan_of(sqlite::messages_sql(first)) == messages + ");");
        const std::string plan = plan_of(sqlite::messages_sql(later));
        BOOST_TEST(
            plan.starts_with("SEARCH messages USING INDEX sqlite_autoindex_messages_1 (user_id=? AND"
                             " conversation_id=? AND position"));
        BOOST_TEST(plan.find("TEMP B-TREE") == std::string::npos);
        BOOST_TEST(plan_of(sqlite::list_sql(first, false)) ==
                   "SEARCH conversations USING INDEX conversations_by_time (user_id=?);");
        const auto* const compares = is_ascending ? ">" : "<";
        BOOST_TEST(
            plan_of(sqlite::list_sql(later, false)) ==
            std::string("SEARCH conversations USING INDEX conversations_by_time (user_id=? AND (created_at,id)") +
                compares + "(?,?));");
    }
    BOOST_TEST(plan_of(sqlite::tail_places_sql) == messages + ");");
}

// With two bounds on one side SQLite would begin at the first of the conversation and pass over all before the page.
BOOST_AUTO_TEST_CASE(a_page_in_the_middle_begins_there) {
    for (const bool is_ascending : {false, true}) {
        const std::string sql = sqlite::messages_sql({.after = 1, .is_ascending = is_ascending});
        const auto lower = sql.find("position >");
        BOOST_TEST(lower != std::string::npos);
        BOOST_TEST(sql.find("position >", lower + 1) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_search_reads_each_conversation_along_an_index) {
    const std::string plan = plan_of(sqlite::list_sql({}, true));
    BOOST_TEST_MESSAGE(plan);
    BOOST_TEST(plan.find("SCAN") == std::string::npos);
    BOOST_TEST(plan.find("TEMP B-TREE") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
