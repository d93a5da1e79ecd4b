#include "base/access_log.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <ctime>

#include "base/escape.hpp"

namespace ferry {
namespace {

// How many bytes of each text a line may hold once escaped. Their sum and the rest of a line stay below 4096.
constexpr std::size_t id_limit = 128;
constexpr std::size_t word_limit = 64;
constexpr std::size_t name_limit = 256;
constexpr std::size_t target_limit = 512;

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void json_text(std::string& out, std::string_view name, std::string_view text, std::size_t limit) {
    if (text.empty()) return;
    out.append(",\"").append(name).append("\":\"");
    append_escaped(out, text, limit);
    out += '"';
}

template <class Number>
void json_number(std::string& out, std::string_view name, Number number) {
    if constexpr (std::is_signed_v<Number>) {
        if (number < 0) return;
    }
    out.append(",\"").append(name).append("\":");
    append_number(out, number);
}

// name=value; quoted where a space or a quote would make the line ambiguous.
void plain_text(std::string& out, std::string_view name, std::string_view text, std::size_t limit) {
    if (text.empty()) return;
    out.append(" ").append(name) += '=';
    const bool quoted = text.find_first_of(" \"\\=") != std::string_view::npos;
    if (quoted) out += '"';
    append_escaped(out, text, limit);
    if (quoted) out += '"';
}

template <class Number>
void plain_number(std::string& out, std::string_view name, Number number) {
    if constexpr (std::is_signed_v<Number>) {
        if (number < 0) return;
    }
    out.append(" ").append(name) += '=';
    append_number(out, number);
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

}  // namespace

access_log::access_log(const log_options& options, int descriptor)
    : enabled_(options.access),
      json_(options.format == log_format::json ||
            (options.format == log_format::automatic && ::isatty(descriptor) == 0)),
      writer_(descriptor) {}

void access_log::write(const access_entry& entry) {
    if (!enabled_) return;
    std::string& out = writer_.buffer();
    if (json_) {
        append_json(out, entry);
    } else {
        append_text(out, entry);
    }
    out += '\n';
    writer_.line_done();
}

// `2026-01-31T23:59:59.123456Z`; the calendar is worked out once a second.
void access_log::append_time(std::string& out, std::int64_t time_us) {
    const std::int64_t second = time_us / 1'000'000;
    if (second != cached_second_) {
        const std::time_t when = second;
        std::tm parts{};
        ::gmtime_r(&when, &parts);
        std::array<char, 40> text;
        cached_text_.assign(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
        cached_second_ = second;
    }
    out += cached_text_;
    out += '.';
    std::array<char, 6> digits;
    std::int64_t rest = time_us % 1'000'000;
    for (std::size_t i = digits.size(); i-- > 0; rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
    out.append(digits.data(), digits.size()) += 'Z';
}

void access_log::append_json(std::string& out, const access_entry& entry) {
    out += "{\"time\":\"";
    append_time(out, entry.time_us);
    out += '"';
    json_text(out, "request_id", entry.request_id, id_limit);
    json_text(out, "client_ip", entry.client_ip, word_limit);
    json_text(out, "method", entry.method, word_limit);
    json_text(out, "path", path_of(entry.target), target_limit);
    json_number(out, "status", entry.status);
    json_text(out, "operation", entry.operation, word_limit);
    json_text(out, "model", entry.model, name_limit);
    json_text(out, "provider", entry.provider, word_limit);
    json_text(out, "key", entry.key_name, id_limit);
    out += entry.stream ? ",\"stream\":true" : ",\"stream\":false";
    json_number(out, "duration_us", entry.duration_us);
    json_number(out, "ttft_us", entry.ttft_us);
    json_number(out, "overhead_us", entry.overhead_us);
    json_number(out, "prompt_tokens", entry.prompt_tokens);
    json_number(out, "completion_tokens", entry.completion_tokens);
    json_number(out, "bytes_in", entry.bytes_in);
    json_number(out, "bytes_out", entry.bytes_out);
    json_number(out, "attempts", entry.attempts);
    json_text(out, "end_reason", entry.end_reason, word_limit);
    json_text(out, "user_agent", entry.user_agent, name_limit);
    out += '}';
}

void access_log::append_text(std::string& out, const access_entry& entry) {
    append_time(out, entry.time_us);
    out += ' ';
    append_escaped(out, entry.client_ip.empty() ? std::string_view("-") : entry.client_ip, word_limit);
    out += " \"";
    append_escaped(out, entry.method, word_limit);
    out += ' ';
    append_escaped(out, path_of(entry.target), target_limit);
    out += "\" ";
    append_number(out, entry.status);
    plain_number(out, "duration_us", entry.duration_us);
    plain_text(out, "model", entry.model, name_limit);
    plain_text(out, "provider", entry.provider, word_limit);
    plain_text(out, "operation", entry.operation, word_limit);
    plain_text(out, "key", entry.key_name, id_limit);
    if (entry.stream) out += " stream";
    plain_number(out, "ttft_us", entry.ttft_us);
    plain_number(out, "overhead_us", entry.overhead_us);
    plain_number(out, "prompt_tokens", entry.prompt_tokens);
    plain_number(out, "completion_tokens", entry.completion_tokens);
    plain_number(out, "bytes_in", entry.bytes_in);
    plain_number(out, "bytes_out", entry.bytes_out);
    plain_number(out, "attempts", entry.attempts);
    plain_text(out, "end_reason", entry.end_reason, word_limit);
    plain_text(out, "request_id", entry.request_id, id_limit);
    plain_text(out, "user_agent", entry.user_agent, name_limit);
}

}  // namespace ferry
