#include "base/log.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <functional>

#include "support/descriptor_pipe.hpp"

using ferry::log_format;
using ferry::log_level;

namespace {

// What `work` writes to stderr while it runs.
std::string on_stderr(const std::function<void()>& work) {
    ferry::test::descriptor_pipe pipe;
    const int kept = ::dup(STDERR_FILENO);
    ::dup2(pipe.write_end(), STDERR_FILENO);
    work();
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    ferry::set_up_log({});
    return pipe.read_available();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(messages_below_the_level_are_not_written_and_the_others_are) {
    const auto text = on_stderr([] {
        ferry::set_up_log({.level = log_level::warn, .format = log_format::text});
        BOOST_TEST(!ferry::log_enabled(log_level::info));
        BOOST_TEST(ferry::log_enabled(log_level::error));
        ferry::log_debug("first {}", 1);
        ferry::log_info("second {}", 2);
        ferry::log_warn("third {}", 3);
        ferry::log_error("fourth {}", 4);
    });
    BOOST_TEST(text.find("first") == std::string::npos);
    BOOST_TEST(text.find("second") == std::string::npos);
    BOOST_TEST(text.find(" warn third 3\n") != std::string::npos, text);
    BOOST_TEST(text.find(" error fourth 4\n") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(without_a_terminal_each_message_is_one_line_of_json) {
    const auto text = on_stderr([] {
        ferry::set_up_log({});
        ferry::log_info("a \"quoted\" {}", "name\nforged\x1b[2J");
    });
    BOOST_TEST(text.starts_with(R"({"time":"20)"), text);
    const std::string_view time = "2026-01-31T23:59:59.123456Z";
    BOOST_TEST(text.substr(std::string_view(R"({"time":")").size() + time.size()) ==
               R"(","level":"info","message":"a \"quoted\" name\nforged\u001b[2J"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(a_message_as_text_cannot_forge_a_line_and_keeps_its_quotes) {
    const auto text = on_stderr([] {
        ferry::set_up_log({.format = log_format::text});
        ferry::log_info("a \"quoted\" c:\\path {}", "x\nerror forged\x1b[2J\xff");
    });
    BOOST_TEST(text.ends_with(" info a \"quoted\" c:\\path x\\nerror forged\\u001b[2J\xef\xbf\xbd\n"), text);
    BOOST_TEST(text.find('\n') == text.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
