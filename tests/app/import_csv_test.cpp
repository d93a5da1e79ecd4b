#include <boost/test/unit_test.hpp>

#include "app/cli/import/csv.hpp"

namespace ferry::app::takeover {

BOOST_AUTO_TEST_SUITE(import_csv)

using values = std::vector<std::optional<std::string>>;

BOOST_AUTO_TEST_CASE(rows_know_their_line_and_null_is_no_empty_text) {
    const auto table = read_csv(
        "\xEF\xBB\xBF"
        "a,b,c\r\n1,,\"\"\r\n\r\n\\N,x y,\"say \"\"no\"\", twice\nhere\"\n4,5,6",
        "t");
    BOOST_CHECK((table.columns == std::vector<std::string>{"a", "b", "c"}));
    BOOST_REQUIRE_EQUAL(table.rows.size(), 3u);
    BOOST_CHECK((table.rows[0].values == values{"1", std::nullopt, ""}));
    BOOST_CHECK((table.rows[1].values == values{std::nullopt, "x y", "say \"no\", twice\nhere"}));
    BOOST_CHECK((table.rows[2].values == values{"4", "5", "6"}));
    BOOST_TEST(table.rows[0].line == 2u);
    BOOST_TEST(table.rows[1].line == 4u);
    BOOST_TEST(table.rows[2].line == 6u);
    for (const auto& row : table.rows) BOOST_TEST(row.defect == "");
}

BOOST_AUTO_TEST_CASE(a_broken_record_stops_no_other) {
    const auto table = read_csv("a,b\n1\n1,2,3\n\"x\"y,2\nx\"y,2\n1,\n1,2\n\"open,2\n", "t");
    BOOST_REQUIRE_EQUAL(table.rows.size(), 7u);
    BOOST_TEST(table.rows[0].defect == "it has 1 fields, and the first line names 2");
    BOOST_TEST(table.rows[1].defect == "it has 3 fields, and the first line names 2");
    BOOST_TEST(table.rows[2].defect == "something stands behind the closing quote of a field");
    BOOST_TEST(table.rows[3].defect == "a quote stands within a field that does not begin with one");
    BOOST_TEST(table.rows[4].defect == "");
    BOOST_CHECK((table.rows[4].values == values{"1", std::nullopt}));
    BOOST_TEST(table.rows[5].defect == "");
    BOOST_TEST(table.rows[6].defect == "its quotes do not close");
    BOOST_TEST(table.rows[6].line == 8u);
}

BOOST_AUTO_TEST_CASE(nothing_is_an_empty_table) {
    BOOST_TEST(read_csv("", "t").columns.empty());
    BOOST_TEST(read_csv("\n\n", "t").columns.empty());
    BOOST_TEST(read_csv("a,b", "t").rows.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app::takeover
