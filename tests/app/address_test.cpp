#include "app/config/address.hpp"

#include <boost/test/unit_test.hpp>

#include "app/config_text.hpp"

using ferry::app::check_listen_address;
using ferry::app::check_network;
using ferry::app::check_store_url;

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(the_three_forms_of_a_listen_address_are_taken) {
    for (std::string good : {"127.0.0.1:5173", "0.0.0.0:0", "[::1]:5173", "[::]:65535", "unix:/run/ferry.sock"}) {
        const std::string before = good;
        BOOST_TEST(check_listen_address(good) == "");
        BOOST_TEST(good == before);
    }
}

BOOST_AUTO_TEST_CASE(a_bad_listen_address_says_how_to_write_it) {
    const std::string forms = "\"127.0.0.1:5173\", \"[::1]:5173\" or \"unix:/run/ferry.sock\"";
    const std::pair<std::string, std::string> cases[] = {
        {"127.0.0.1", "\"127.0.0.1\" has no port; write " + forms},
        {"", "\"\" has no port; write " + forms},
        {"[::1]", "\"[::1]\" has no port; write " + forms},
        {"127.0.0.1:65536", "\"127.0.0.1:65536\" must end with a port from 0 to 65535"},
        {"127.0.0.1:", "\"127.0.0.1:\" must end with a port from 0 to 65535"},
        {"127.0.0.1:http", "\"127.0.0.1:http\" must end with a port from 0 to 65535"},
        {"127.0.0.1:+1", "\"127.0.0.1:+1\" must end with a port from 0 to 65535"},
        {"localhost:5173", "\"localhost:5173\" must be an address: write \"127.0.0.1:5173\""},
        {":5173",
         "\":5173\" must name an address: \"0.0.0.0:5173\" is every IPv4 address, \"[::]:5173\" every IPv6 address"},
        {"*:80", "\"*:80\" must name an address: \"0.0.0.0:80\" is every IPv4 address, \"[::]:80\" every IPv6 address"},
        {"::1", "\"::1\" needs brackets and a port, such as \"[::1]:5173\""},
        {"fe80::1:x", "\"fe80::1:x\" needs brackets: \"[fe80::1]:x\""},
        {"1::2:3:4:5:6:7:8:9", "\"1::2:3:4:5:6:7:8:9\" must be an IP address and a port or a unix socket: " + forms},
        {"1:2:3:4:5:6:7:8:99999", "\"1:2:3:4:5:6:7:8:99999\" needs brackets: \"[1:2:3:4:5:6:7:8]:99999\""},
        {"[127.0.0.1]:80", "\"[127.0.0.1]:80\" must be an IP address and a port or a unix socket: " + forms},
        {"300.0.0.1:80", "\"300.0.0.1:80\" must be an IP address and a port or a unix socket: " + forms},
        {"example.com:80", "\"example.com:80\" must be an IP address and a port or a unix socket: " + forms},
        {"http://127.0.0.1:80", "\"http://127.0.0.1:80\" must be an IP address and a port or a unix socket: " + forms},
        {"unix:", "must name a file after \"unix:\", such as \"unix:/run/ferry.sock\""},
    };
    for (const auto& [text, problem] : cases) {
        std::string address = text;
        BOOST_TEST_CONTEXT(text) BOOST_TEST(check_listen_address(address) == problem);
    }
    std::string deep = "unix:/" + std::string(107, 'x');
    BOOST_TEST(check_listen_address(deep) ==
               "\"/" + std::string(79, 'x') + "...\" is longer than the 107 bytes a unix socket may have");
}

BOOST_AUTO_TEST_CASE(listen_addresses_are_some_and_differ) {
    using list = std::vector<std::string>;
    list none, twice{"127.0.0.1:80", "[::1]:80", "127.0.0.1:80"}, free_ports{"127.0.0.1:0", "127.0.0.1:0"};
    BOOST_TEST(ferry::app::check_listen_addresses(none).starts_with("must have at least one address: "));
    BOOST_TEST(ferry::app::check_listen_addresses(twice) == "\"127.0.0.1:80\" is there twice");
    BOOST_TEST(ferry::app::check_listen_addresses(free_ports) == "");
}

BOOST_AUTO_TEST_CASE(the_admin_address_must_be_another_one) {
    const auto loaded = ferry::test::load_sources(
        {{"FERRY_SERVER_LISTEN", "127.0.0.1:80"}, {"FERRY_SERVER_ADMIN_LISTEN", "127.0.0.1:80"}});
    BOOST_TEST_REQUIRE(loaded.faults.size() == 1u);
    BOOST_TEST(loaded.faults[0] ==
               "configuration: server.admin_listen: is also an address of server.listen: choose another port");
}

BOOST_AUTO_TEST_CASE(an_origin_has_a_possible_port_or_none) {
    for (const char* good : {"*", "null", "https://a.example", "http://localhost:3000", "http://[::1]:65535",
                             "http://[::1]", "https://a.example:0"}) {
        BOOST_TEST(ferry::app::check_origin(good) == "", good);
    }
    for (const char* bad : {"http://localhost:65536", "http://localhost:99999", "http://a:x", "http://[::1]:70000",
                            "http://a:"}) {
        BOOST_TEST(ferry::app::check_origin(bad).find("port") != std::string::npos, bad);
    }
}

BOOST_AUTO_TEST_CASE(networks_are_addresses_with_a_prefix_length) {
    for (const char* good : {"10.0.0.0/8", "fe80::/10", "0.0.0.0/0", "::/128", "169.254.169.254"}) {
        BOOST_TEST_CONTEXT(good) BOOST_TEST(check_network(good) == "");
    }
    const std::string form = " must be a network such as \"169.254.0.0/16\" or \"fe80::/10\"";
    BOOST_TEST(check_network("10.0.0/8") == "\"10.0.0/8\"" + form);
    BOOST_TEST(check_network("") == "\"\"" + form);
    BOOST_TEST(check_network("10.0.0.0/33") == "\"10.0.0.0/33\" must have a prefix length from 0 to 32");
    BOOST_TEST(check_network("fe80::/129") == "\"fe80::/129\" must have a prefix length from 0 to 128");
    BOOST_TEST(check_network("fe80::/") == "\"fe80::/\" must have a prefix length from 0 to 128");
}

BOOST_AUTO_TEST_CASE(a_store_url_names_a_file) {
    std::string triple = "sqlite:///srv/ferry.db";
    BOOST_TEST(check_store_url(triple) == "");
    BOOST_TEST(triple == "sqlite:/srv/ferry.db");
    const std::string file = "must name a file after \"sqlite:\", such as \"sqlite:var/ferry.db\"";
    for (std::string bad : {"sqlite:", "sqlite::memory:", "sqlite:var/"}) BOOST_TEST(check_store_url(bad) == file);
    std::string host = "sqlite://var/ferry.db";
    BOOST_TEST(check_store_url(host) ==
               "must have no host: write \"sqlite:relative/path\" or \"sqlite:/absolute/path\"");
}

BOOST_AUTO_TEST_SUITE_END()
