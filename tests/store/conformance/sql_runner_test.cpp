#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

BOOST_FIXTURE_TEST_SUITE(sql_runs, store_fixture)

BOOST_AUTO_TEST_CASE(statements_run_in_order_and_each_gives_its_result) {
    const auto results =
        run("-- a comment\n; INSERT INTO users (name) VALUES ('a'), ('b'); UPDATE users SET is_enabled = 0 WHERE name "
            "= 'a';"
            " SELECT name, is_enabled FROM users ORDER BY name; CREATE TABLE t (x INTEGER); /* the end */ ");
    BOOST_TEST_REQUIRE(results.size() == 4u);
    BOOST_TEST(results[0].changed == 2);
    BOOST_TEST(!results[0].has_rows);
    BOOST_TEST(results[1].changed == 1);
    BOOST_TEST(results[2].has_rows);
    BOOST_TEST((results[2].columns == std::vector<std::string>{"name", "is_enabled"}));
    BOOST_TEST(results[2].rows.at(1).at(0).text == "b");
    BOOST_TEST(results[2].changed == 0);
    BOOST_TEST(results[3].changed == 0);
}

BOOST_AUTO_TEST_CASE(values_keep_their_kind) {
    const auto row =
        run(std::string("SELECT NULL, 9007199254740993, 1.5, 'x', ") + dialect::bytes_00_ff + ", " + dialect::infinity)
            .at(0)
            .rows.at(0);
    using kind = sql_value::kind;
    BOOST_TEST((row[0].type == kind::null));
    BOOST_TEST((row[1].type == kind::number));
    BOOST_TEST(row[1].text == "9007199254740993");
    BOOST_TEST(row[2].text == "1.5");
    BOOST_TEST((row[3].type == kind::text));
    BOOST_TEST(row[4].text == dialect::bytes_as_text);
    BOOST_TEST((row[5].type == kind::text));  // infinity is no JSON number
}

BOOST_AUTO_TEST_CASE(a_query_without_rows_is_still_a_query) {
    const auto result = run("SELECT name FROM users").at(0);
    BOOST_TEST(result.has_rows);
    BOOST_TEST(result.rows.empty());
}

BOOST_AUTO_TEST_CASE(an_error_names_its_line_and_what_came_before_it_stays_done) {
    const auto says = [](const char* text) {
        return [text](const store_error& error) {
            BOOST_TEST_MESSAGE(error.what());
            return std::string_view(error.what()).starts_with(text);
        };
    };
    BOOST_CHECK_EXCEPTION(run("INSERT INTO users (name) VALUES ('a');\n\nSELEC 1"), store_error, says("line 3: "));
    BOOST_TEST(ask("SELECT count(*) FROM users") == "1");
    BOOST_CHECK_EXCEPTION(run("SELECT 1;\nINSERT INTO users (name)\nVALUES ('a')"), row_refused, says("line 2: "));
    BOOST_CHECK_THROW(run("SELECT * FROM nothing"), store_error);
    BOOST_CHECK_THROW(run(std::string_view("SELECT 1\0;", 10)), store_error);
}

BOOST_AUTO_TEST_CASE(a_transaction_is_kept_until_its_commit_and_never_left_open) {
    run("BEGIN; INSERT INTO users (name) VALUES ('a'); COMMIT");
    const auto longer = db->sql();
    const auto ignore = [](const sql_result&) {};
    BOOST_CHECK_THROW(longer->run("BEGIN; INSERT INTO users (name) VALUES ('b')", ignore), store_error);
    run("INSERT INTO users (name) VALUES ('c')");
    BOOST_CHECK_THROW(longer->run("BEGIN; INSERT INTO users (name) VALUES ('d'); nonsense", ignore), store_error);
    run("INSERT INTO users (name) VALUES ('e')");
    BOOST_TEST(list("SELECT name FROM users ORDER BY name") == "a,c,e");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
