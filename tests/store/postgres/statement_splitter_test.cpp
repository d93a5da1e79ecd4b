#include "store/postgres/statement_splitter.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace ferry::store::postgres {

BOOST_AUTO_TEST_SUITE(statement_splitters)

// The statements as "LINE:TEXT", joined by '|'.
std::string pieces(std::string_view text) {
    std::string joined;
    statement_splitter statements(text);
    while (const auto one = statements.next()) {
        joined.append(joined.empty() ? "" : "|").append(std::to_string(one->line)).append(":").append(one->text);
    }
    return joined;
}

BOOST_AUTO_TEST_CASE(a_semicolon_ends_a_statement) {
    BOOST_TEST(pieces("a; b;\n\n c") == "1:a|1:b|3:c");
    BOOST_TEST(pieces("") == "");
    BOOST_TEST(pieces(" ;;\n; ") == "");
}

BOOST_AUTO_TEST_CASE(comments_before_a_statement_are_no_part_of_it) {
    BOOST_TEST(pieces("-- a; b\n/* c; /* d; */ e; */ f; -- the end") == "2:f");
    BOOST_TEST(pieces("a -- ;\n b; c /* ; */") == "1:a -- ;\n b|2:c /* ; */");
    BOOST_TEST(pieces("a /* for ever ;") == "1:a /* for ever ;");
}

BOOST_AUTO_TEST_CASE(quotes_hide_semicolons) {
    BOOST_TEST(pieces("a 'b;''c;' d; e \";\"\"\" f; g") == "1:a 'b;''c;' d|1:e \";\"\"\" f|1:g");
    BOOST_TEST(pieces("E'\\';' a; e'\\\\'; b") == "1:E'\\';' a|1:e'\\\\'|1:b");
    BOOST_TEST(pieces("'\\'; a; name'\\'; b") == "1:'\\'|1:a|1:name'\\'|1:b");
    BOOST_TEST(pieces("'open; a") == "1:'open; a");
}

BOOST_AUTO_TEST_CASE(dollar_quotes_hide_semicolons) {
    BOOST_TEST(pieces("$$a;$b$;$$; $x$ ; $$ ; $x$ c; d") == "1:$$a;$b$;$$|1:$x$ ; $$ ; $x$ c|1:d");
    BOOST_TEST(pieces("a$b$; c; $1; $1$;") == "1:a$b$|1:c|1:$1|1:$1$");
}

BOOST_AUTO_TEST_CASE(parentheses_hide_semicolons) {
    BOOST_TEST(pieces("DO (a; (b;); c); d") == "1:DO (a; (b;); c)|1:d");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store::postgres
