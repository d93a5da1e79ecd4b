#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "app/cli/import/mysql_dump.hpp"

namespace ferry::app::takeover {
namespace {

using dumped = std::vector<std::optional<std::string>>;

const std::vector<std::string> wanted = {"tokens", "users"};

std::string refusal_of(std::string_view dump) {
    try {
        read_mysql_dump(dump, wanted);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_mysql_dump)

BOOST_AUTO_TEST_CASE(columns_come_from_create_table_and_strings_are_unescaped) {
    const auto tables = read_mysql_dump(
        "-- INSERT INTO `tokens` VALUES ('no');\n"
        "/*!40101 SET NAMES utf8 */;\n"
        "CREATE TABLE IF NOT EXISTS `db`.`tokens` (\n"
        "  `id` bigint NOT NULL AUTO_INCREMENT COMMENT 'it''s, `x` (1)',\n"
        "  `key` char(48) DEFAULT '',\n"
        "  `price` decimal(10,2) DEFAULT NULL,\n"
        "  PRIMARY KEY (`id`),\n  KEY `idx` (`key`)\n) ENGINE=InnoDB COMMENT='a;b';\n"
        "INSERT INTO `tokens` VALUES (1,'a\\'b\\\\c\\n\\0d''e\\%',-1.5e+3),(2,NULL,0),\n"
        "(3,0x6b6579,_binary 'b'),(4,\"say \"\"x\"\"\",b'1');\n"
        "# the end\n",
        wanted);
    BOOST_REQUIRE_EQUAL(tables.size(), 1u);
    const auto& table = tables[0];
    BOOST_CHECK((table.columns == std::vector<std::string>{"id", "key", "price"}));
    BOOST_REQUIRE_EQUAL(table.rows.size(), 4u);
    BOOST_CHECK((table.rows[0].values == dumped{"1", std::string("a'b\\c\n\0d'e\\%", 12), "-1.5e+3"}));
    BOOST_CHECK((table.rows[1].values == dumped{"2", std::nullopt, "0"}));
    BOOST_CHECK((table.rows[2].values == dumped{"3", "key", "b"}));
    BOOST_CHECK((table.rows[3].values == dumped{"4", "say \"x\"", "1"}));
    BOOST_TEST(table.rows[0].line == 10u);
    BOOST_TEST(table.rows[2].line == 11u);
}

BOOST_AUTO_TEST_CASE(other_statements_are_no_rows_whatever_they_hold) {
    const auto tables = read_mysql_dump(
        "CREATE DATABASE `x`; INSERT INTO `logs` VALUES ('; INSERT INTO `users` VALUES (9);');\n"
        "CREATE TABLE `logs` (`a` text DEFAULT ';');\n"
        "insert ignore into users (`name`, id) values ('n', 1); INSERT INTO `users` (`name`,`id`) VALUES ('m',2);",
        wanted);
    BOOST_REQUIRE_EQUAL(tables.size(), 1u);
    BOOST_CHECK((tables[0].columns == std::vector<std::string>{"name", "id"}));
    BOOST_REQUIRE_EQUAL(tables[0].rows.size(), 2u);
    BOOST_CHECK((tables[0].rows[1].values == dumped{"m", "2"}));
}

BOOST_AUTO_TEST_CASE(a_row_with_too_few_values_stops_no_other) {
    const auto tables = read_mysql_dump("INSERT INTO users (a,b) VALUES (1),(1,2);", wanted);
    BOOST_REQUIRE_EQUAL(tables[0].rows.size(), 2u);
    BOOST_TEST(tables[0].rows[0].defect == "it has 1 values, and the table 2 columns");
    BOOST_TEST(tables[0].rows[1].defect == "");
}

BOOST_AUTO_TEST_CASE(a_dump_that_breaks_off_is_refused_with_its_line) {
    BOOST_TEST(refusal_of("\nINSERT INTO users (a) VALUES ('x").find("line 2: the quotes") == 0u);
    BOOST_TEST(refusal_of("\nINSERT INTO users (a) VALUES (1,").find("line 2: the dump ends") == 0u);
    BOOST_TEST(refusal_of("INSERT INTO users VALUES (1);").find("--complete-insert") != std::string::npos);
    BOOST_TEST(refusal_of("INSERT INTO users (a) VALUES (1) oops;").find("not as mysqldump") != std::string::npos);
    BOOST_TEST(refusal_of("SELECT 1;") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app::takeover
