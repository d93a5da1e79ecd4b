// What the loader says about a bad file: each text whole, with its position and its suggestion.
#include <boost/test/unit_test.hpp>

#include "app/config_text.hpp"

using ferry::test::load_text;

namespace {

struct bad_file {
    const char* toml;
    const char* message;
};

void check_messages(std::initializer_list<bad_file> cases) {
    for (const auto& [toml, message] : cases) {
        const auto faults = load_text(toml).faults;
        BOOST_TEST_CONTEXT(toml) {
            BOOST_TEST(faults.size() == 1u);
            for (const auto& fault : faults) BOOST_TEST(fault == message);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_faults)

BOOST_AUTO_TEST_CASE(an_unknown_key_suggests_the_nearest_name) {
    check_messages({
        {"[server]\nlissten = \"127.0.0.1:1\"\n", "F:2:1: server.lissten: unknown key; did you mean server.listen?"},
        {"[server]\n\n   thread = 4", "F:3:4: server.thread: unknown key; did you mean server.threads?"},
        {"[limits]\nthreads = 4", "F:2:1: limits.threads: unknown key; did you mean server.threads?"},
        {"[log]\nverbosity = 4", "F:2:1: log.verbosity: unknown key; [log] has level, format, access, slow"},
        {"server.listne = 1", "F:1:8: server.listne: unknown key; did you mean server.listen?"},
        {"[auth.required]\nx = 1", "F:1:1: auth.required: must be true or false, not a table"},
    });
}

BOOST_AUTO_TEST_CASE(an_unknown_section_suggests_the_nearest_name_once) {
    const std::string all =
        "server, auth, limits, timeouts, upstream, retry, hedge, circuit, store, usage, conversations, budget, "
        "stream, log";
    const std::string text = "unknown section; there are " + all;
    check_messages({
        {"[sever]\nlisten = 1\nthreads = 2", ("F:2:1: sever: " + text + "; did you mean server?").c_str()},
        {"\n[sever]\n", ("F:2:2: sever: " + text + "; did you mean server?").c_str()},
        {"[database]\nurl = 1", ("F:2:1: database: " + text).c_str()},
        {"listen = \"127.0.0.1:1\"", "F:1:1: listen: a key must stand in a section; did you mean server.listen?"},
        {"server = 5", "F:1:1: server: is a section: write [server] and its keys below"},
        {"[[server]]\nthreads = 1", "F:1:3: server: is a section: write [server] and its keys below"},
    });
}

BOOST_AUTO_TEST_CASE(a_wrong_type_says_what_is_allowed) {
    check_messages({
        {"[server]\nthreads = \"4\"",
         "F:2:11: server.threads: must be an integer from 0 to 1024, not the string \"4\"; did you mean 4?"},
        {"[server]\nthreads = 1.5", "F:2:11: server.threads: must be an integer from 0 to 1024, not the number 1.5"},
        {"[server]\nthreads = 5000", "F:2:11: server.threads: must be an integer from 0 to 1024, not the integer 5000"},
        {"[server]\nthreads = -1", "F:2:11: server.threads: must be an integer from 0 to 1024, not the integer -1"},
        {"[auth]\nrequired = \"yes\"",
         "F:2:12: auth.required: must be true or false, not the string \"yes\"; did you mean true?"},
        {"[auth]\nrequired = 0",
         "F:2:12: auth.required: must be true or false, not the integer 0; did you mean false?"},
        {"[auth]\nrequired = 2024-01-01", "F:2:12: auth.required: must be true or false, not a date"},
        {"[server]\nlisten = 5173",
         "F:2:10: server.listen: must be a string or an array of strings, not the integer 5173"},
        {"[server]\nlisten = [5173]",
         "F:2:10: server.listen: must be a string or an array of strings, not an array that holds more than strings"},
        {"[server]\nadmin_listen = [\"127.0.0.1:1\"]", "F:2:16: server.admin_listen: must be a string, not an array"},
        {"[retry]\nbudget = 1.5", "F:2:10: retry.budget: must be a number from 0 to 1, not the number 1.5"},
        {"[retry]\nbudget = nan", "F:2:10: retry.budget: must be a number from 0 to 1, not the number nan"},
        {"[store]\nurl = true", "F:2:7: store.url: must be a string, not true"},
    });
}

BOOST_AUTO_TEST_CASE(a_duration_needs_a_unit_and_a_sane_range) {
    const std::string allowed =
        "F:2:8: timeouts.idle: must be a duration from 1ms to 24h with its unit, such as "
        "\"250ms\", \"5s\", \"2m\" or \"1h\", not ";
    check_messages({
        {"[timeouts]\nidle = 5", (allowed + "the integer 5; did you mean \"5s\" or \"5ms\"?").c_str()},
        {"[timeouts]\nidle = \"5\"", (allowed + "the string \"5\"; did you mean \"5s\" or \"5ms\"?").c_str()},
        {"[timeouts]\nidle = \"0s\"", (allowed + "the string \"0s\"").c_str()},
        {"[timeouts]\nidle = \"25h\"", (allowed + "the string \"25h\"").c_str()},
        {"[timeouts]\nidle = \"5 s\"", (allowed + "the string \"5 s\"").c_str()},
        {"[timeouts]\nidle = \"-5s\"", (allowed + "the string \"-5s\"").c_str()},
        {"[timeouts]\nidle = \"1.5s\"", (allowed + "the string \"1.5s\"").c_str()},
        {"[timeouts]\nidle = \"5sec\"", (allowed + "the string \"5sec\"").c_str()},
        {"[timeouts]\nidle = \"9999999999999999h\"", (allowed + "the string \"9999999999999999h\"").c_str()},
        {"[timeouts]\nidle = 1.5", (allowed + "the number 1.5").c_str()},
    });
}

BOOST_AUTO_TEST_CASE(a_size_has_a_unit_or_is_bytes) {
    const std::string allowed =
        "F:2:16: limits.header_bytes: must be a size from 1KiB to 1MiB, such as \"16KiB\", \"32MiB\" or \"1GB\", not ";
    check_messages({
        {"[limits]\nheader_bytes = \"16kb\"", (allowed + "the string \"16kb\"").c_str()},
        {"[limits]\nheader_bytes = 12", (allowed + "the integer 12").c_str()},
        {"[limits]\nheader_bytes = \"2MiB\"", (allowed + "the string \"2MiB\"").c_str()},
        {"[limits]\nheader_bytes = \"9999999999GiB\"", (allowed + "the string \"9999999999GiB\"").c_str()},
        {"[limits]\nheader_bytes = false", (allowed + "false").c_str()},
    });
}

BOOST_AUTO_TEST_CASE(a_choice_lists_what_may_be_chosen) {
    check_messages({
        {"[log]\nlevel = \"warning\"",
         "F:2:9: log.level: must be \"trace\", \"debug\", \"info\", \"warn\" or \"error\", not the string \"warning\""},
        {"[log]\nformat = \"jsn\"",
         "F:2:10: log.format: must be \"auto\", \"text\" or \"json\", not the string \"jsn\"; did you mean \"json\"?"},
        {"[usage]\ndurability = 1", "F:2:14: usage.durability: must be \"process\" or \"power\", not the integer 1"},
        {"[stream]\nhalf_close = \"answers\"",
         "F:2:14: stream.half_close: must be \"gone\" or \"answer\", not the string \"answers\"; did you mean "
         "\"answer\"?"},
    });
}

BOOST_AUTO_TEST_CASE(a_long_or_strange_value_is_shown_short_and_escaped) {
    const std::string long_text(300, 'x');
    const auto faults = load_text("[log]\nlevel = \"" + long_text + "\"").faults;
    BOOST_TEST(faults.at(0).ends_with("not the string \"" + std::string(80, 'x') + "...\""));
    const auto strange = load_text("[log]\nlevel = \"\\u001b[2J\\n\"").faults;
    BOOST_TEST(strange.at(0).ends_with("not the string \"\\u001b[2J\\n\""));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_toml_says_where) {
    const auto broken = load_text("[server]\nthreads = \n").faults;
    BOOST_TEST(broken.size() == 1u);
    BOOST_TEST(broken.at(0).starts_with("F:2:11: is not TOML: "));
    const auto twice = load_text("[server]\nthreads = 1\nthreads = 2\n").faults;
    BOOST_TEST(twice.size() == 1u);
    BOOST_TEST(twice.at(0).starts_with("F:3:"));
    BOOST_TEST(twice.at(0).find("quotes") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_text_without_its_quotes_is_shown_with_them) {
    const std::pair<const char*, const char*> cases[] = {
        {"[server]\nlisten = 127.0.0.1:5193\n", "write listen = \"127.0.0.1:5193\""},
        {"[server]\nlisten=unix:/run/ferry.sock # nginx asks here\n", "write listen = \"unix:/run/ferry.sock\""},
        {"[timeouts]\nconnect = 5s\nidle = \"1s\"\n", "write connect = \"5s\""},
        {"[limits]\r\njson_body_bytes = 32MiB\r\n", "write json_body_bytes = \"32MiB\""},
        {"[log]\nlevel = info", "write level = \"info\""},
        {"[store]\nurl = postgres://u@h/db\n", "write url = \"postgres://u@h/db\""},
    };
    for (const auto& [text, told] : cases) {
        const auto faults = load_text(text).faults;
        BOOST_TEST(faults.size() == 1u);
        BOOST_TEST(faults.at(0).starts_with("F:2:"), faults.at(0));
        BOOST_TEST(faults.at(0).find(std::string("a text stands in quotes; ") + told) != std::string::npos,
                   faults.at(0));
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_says_why) {
    const ferry::test::scratch_folder folder;
    const auto missing = ferry::app::load_settings({folder / "none.toml", {}, {}});
    BOOST_TEST(ferry::app::to_text(missing.faults.at(0)) ==
               folder / "none.toml" + std::string(": cannot be read: No such file or directory"));
    const auto is_folder = ferry::app::load_settings({folder.string(), {}, {}});
    BOOST_TEST(ferry::app::to_text(is_folder.faults.at(0)) ==
               folder.string() + std::string(": cannot be read: Is a directory"));
}

BOOST_AUTO_TEST_CASE(every_fault_of_a_file_is_reported_at_once_in_the_order_of_the_file) {
    const auto faults = load_text(
                            "[timeouts]\ntotal = 5\n[server]\nthreads = true\nlissten = 1\n[log]\nlevel = 3\n"
                            "[nonsense]\na = 1\n")
                            .faults;
    BOOST_TEST_REQUIRE(faults.size() == 5u);
    const char* heads[] = {"F:2:9: timeouts.total: ", "F:4:11: server.threads: ", "F:5:1: server.lissten: ",
                           "F:7:9: log.level: ", "F:9:1: nonsense: "};
    for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(faults[i].starts_with(heads[i]), faults[i]);
}

BOOST_AUTO_TEST_SUITE_END()
