#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "base/escape.hpp"

namespace ferry {
namespace {

// %j in a pattern: the message with everything escaped that could end the line or the JSON string.
class escaped_message : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        std::string escaped;
        append_escaped(escaped, std::string_view(message.payload.data(), message.payload.size()));
        out.append(escaped.data(), escaped.data() + escaped.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<escaped_message>(); }
};

// %q: the same for people, who want their quotes and backslashes as they are.
class line_message : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        std::string_view rest(message.payload.data(), message.payload.size());
        std::string escaped;
        while (!rest.empty()) {
            const std::size_t mark = rest.find_first_of("\"\\");
            append_escaped(escaped, rest.substr(0, mark));
            if (mark == std::string_view::npos) break;
            escaped += rest[mark];
            rest.remove_prefix(mark + 1);
        }
        out.append(escaped.data(), escaped.data() + escaped.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<line_message>(); }
};

// %k: the names of log_level in `log.level` and in JSON lines.
class level_name : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warn", "error"};
        const std::string_view name = names.at(static_cast<std::size_t>(message.level));
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<level_name>(); }
};

spdlog::level::level_enum to_spdlog(log_level level) {
    switch (level) {
        case log_level::trace:
            return spdlog::level::trace;
        case log_level::debug:
            return spdlog::level::debug;
        case log_level::info:
            return spdlog::level::info;
        case log_level::warn:
            return spdlog::level::warn;
        case log_level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::unique_ptr<spdlog::formatter> make_formatter(bool json) {
    const auto time_zone = json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local;
    auto made = std::make_unique<spdlog::pattern_formatter>(time_zone);
    made->add_flag<escaped_message>('j').add_flag<line_message>('q').add_flag<level_name>('k');
    made->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%k","message":"%j"})"
                           : "%Y-%m-%d %H:%M:%S.%e %^%k%$ %q");
    return made;
}

spdlog::logger& the_logger() {
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>("ferry", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        made->set_formatter(make_formatter(false));
        made->set_error_handler([](const std::string&) {});
        return made;
    }();
    return *logger;
}

}  // namespace

void set_up_log(const log_options& options) {
    const bool json =
        options.format == log_format::json || (options.format == log_format::automatic && ::isatty(STDERR_FILENO) == 0);
    the_logger().set_formatter(make_formatter(json));
    the_logger().set_level(to_spdlog(options.level));
}

bool log_enabled(log_level level) {
    return the_logger().should_log(to_spdlog(level));
}

void write_log(log_level level, std::string_view message) {
    the_logger().log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace ferry
