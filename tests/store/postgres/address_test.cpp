#include "store/postgres/address.hpp"

#include <boost/test/unit_test.hpp>

#include "store/store_error.hpp"

namespace ferry::store::postgres {

BOOST_AUTO_TEST_SUITE(addresses)

bool has(const address& found, std::string_view part) {
    return found.connection.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_CASE(what_the_url_leaves_open_keeps_calls_from_waiting_for_ever) {
    const auto found = address_of("postgres://u@db.example/ferry");
    for (const char* part : {"host='db.example'", "dbname='ferry'", "user='u'", "application_name='ferry'",
                             "connect_timeout='2'", "keepalives_idle='15'", "tcp_user_timeout='10000'"}) {
        BOOST_TEST(has(found, part), part);
    }
    BOOST_TEST(!found.limits_statements);
}

BOOST_AUTO_TEST_CASE(what_the_url_says_stands) {
    const auto found =
        address_of("postgresql://db/ferry?connect_timeout=7&application_name=mine&options=-c%20statement_timeout%3D5s");
    BOOST_TEST(has(found, "connect_timeout='7'"));
    BOOST_TEST(has(found, "application_name='mine'"));
    BOOST_TEST(has(found, "options='-c statement_timeout=5s'"));
    BOOST_TEST(found.limits_statements);
}

BOOST_AUTO_TEST_CASE(the_description_names_the_database_and_no_password) {
    const auto found = address_of("postgres://u:hunter2@db.example:6543/ferry?sslpassword=hunter3");
    BOOST_TEST(found.description == "postgres://u@db.example:6543/ferry");
    BOOST_TEST(has(found, "password='hunter2'"));
}

BOOST_AUTO_TEST_CASE(quotes_in_a_password_stay_in_it) {
    BOOST_TEST(has(address_of("postgres://u:a'b%5Cc%20d@h/x"), "password='a\\'b\\\\c d'"));
}

std::string why_not(const std::string& url) {
    try {
        address_of(url);
        return "it is taken";
    } catch (const store_error& error) {
        return error.what();
    }
}

BOOST_AUTO_TEST_CASE(parameters_of_other_programs_are_named_with_what_to_write_instead) {
    BOOST_TEST(why_not("postgres://u:hunter2@h/db?schema=public") ==
               "has the parameter `schema`, which PostgreSQL does not know: for another schema than public write "
               "?options=-csearch_path%3DSCHEMA, else leave it out");
    BOOST_TEST(why_not("postgres://h/db?pgbouncer=true&schema=x") ==
               "has the parameter `pgbouncer`, which is another program's and not PostgreSQL's: leave it out");
    BOOST_TEST(why_not("postgres://u:hunter2@h/db?hunter2=1").find("a parameter behind its `?`") == 4u);
    BOOST_TEST(address_of("postgres://h/db?options=-csearch_path%3Dmine").connection.find("search_path=mine") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_line_feed_at_the_end_is_called_one) {
    for (const char* end : {"\n", "\r\n", "\n\n"})
        BOOST_TEST(why_not(std::string("postgres://u:hunter2@h/db") + end).find("ends in a line feed") == 0u);
    BOOST_TEST(why_not("postgres://u:hun\tter2@h/db").find("holds a control character") == 0u);
}

BOOST_AUTO_TEST_CASE(a_bad_url_is_refused_without_repeating_it) {
    for (const char* url :
         {"postgres://u:hunter2@[::1/db", "postgres://u:hunter2@h/db?nonsense=1", "postgres://u:hunter2@h/%zz"}) {
        BOOST_CHECK_EXCEPTION(address_of(url), store_error, [](const store_error& error) {
            return std::string_view(error.what()).find("hunter2") == std::string_view::npos;
        });
    }
}

BOOST_AUTO_TEST_CASE(a_port_is_one_before_anybody_connects) {
    for (const char* url : {"postgres://h:65536/db", "postgres://h:70968/db", "postgres://a:1,b:99999/db",
                            "postgres://h/db?port=0", "postgres://h/db?port=5432x"}) {
        BOOST_CHECK_EXCEPTION(address_of(url), store_error, [](const store_error& error) {
            return std::string_view(error.what()).find("port") != std::string_view::npos;
        });
    }
    BOOST_TEST(has(address_of("postgres://a:5432,b:6543/db"), "port='5432,6543'"));
    BOOST_TEST(!has(address_of("postgres://a/db"), "port="));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store::postgres
