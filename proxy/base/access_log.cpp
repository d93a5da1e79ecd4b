#include "base/access_log.hpp"

#include <unistd.h>

#include <concepts>
#include <string>
#include <utility>

#include "base/escape.hpp"
#include "base/time_text.hpp"

namespace ferry {
namespace {

// How many bytes of each text a line may hold once escaped. Their sum and the rest of a line stay below 4096.
constexpr std::size_t id_limit = 128;
constexpr std::size_t word_limit = 64;
constexpr std::size_t name_limit = 256;
constexpr std::size_t target_limit = 512;
constexpr std::size_t longest_line = 4096;
constexpr std::size_t flush_at = 16 * 1024;

void add_text(text_buffer& out, std::string_view text, std::size_t limit) {
    if (text.size() <= limit && is_plain(text)) {
        out.add(text);
        return;
    }
    out.add(escaped(text, limit));
}

// `key` comes with all that stands before the value. Inlined, so that its length is known where it is appended.
[[gnu::always_inline]] inline void json_text(text_buffer& out, std::string_view key, std::string_view text,
                                             std::size_t limit) {
    if (text.empty()) return;
    out.add(key);
    add_text(out, text, limit);
    out.add('"');
}

[[gnu::always_inline]] inline void add_number(text_buffer& out, std::string_view key, std::integral auto number) {
    if (std::cmp_less(number, 0)) return;
    out.add(key).add(number);
}

// name=value; quoted where a space or a quote would make the line ambiguous.
void plain_text(text_buffer& out, std::string_view key, std::string_view text, std::size_t limit) {
    if (text.empty()) return;
    out.add(key);
    const bool quoted = text.find_first_of(" \"\\=") != std::string_view::npos;
    if (quoted) out.add('"');
    add_text(out, text, limit);
    if (quoted) out.add('"');
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

}  // namespace

access_log::access_log(const log_options& options, log_thread& out, int descriptor)
    : descriptor_(descriptor), out_(out), buffer_(flush_at + longest_line) {
    reconfigure(options);
}

void access_log::reconfigure(const log_options& options) {
    enabled_ = options.access;
    json_ =
        options.format == log_format::json || (options.format == log_format::automatic && ::isatty(descriptor_) == 0);
}

void access_log::write(const access_entry& entry) {
    if (!enabled_) return;
    auto& out = buffer_;
    if (json_) {
        append_json(out, entry);
    } else {
        append_text(out, entry);
    }
    out.add('\n');
    ++lines_;
    if (buffer_.size() >= flush_at) flush();
}

void access_log::flush() {
    if (lines_ == 0) return;
    out_.put(std::string(buffer_.view()), std::exchange(lines_, 0));
    buffer_.truncate(0);
}

void access_log::append_json(text_buffer& out, const access_entry& entry) {
    out.add("{\"time\":\"");
    append_rfc3339(out, entry.time_us);
    out.add('"');
    json_text(out, ",\"request_id\":\"", entry.request_id, id_limit);
    json_text(out, ",\"client_ip\":\"", entry.client_ip, word_limit);
    json_text(out, ",\"method\":\"", entry.method, word_limit);
    json_text(out, ",\"path\":\"", path_of(entry.target), target_limit);
    add_number(out, ",\"status\":", entry.status);
    json_text(out, ",\"code\":\"", entry.code, word_limit);
    json_text(out, ",\"operation\":\"", entry.operation, word_limit);
    json_text(out, ",\"requested_model\":\"", entry.requested_model, name_limit);
    json_text(out, ",\"model\":\"", entry.model, name_limit);
    json_text(out, ",\"provider\":\"", entry.provider, word_limit);
    json_text(out, ",\"key\":\"", entry.key_name, id_limit);
    json_text(out, ",\"key_refused\":\"", entry.key_refused, word_limit);
    json_text(out, ",\"key_id\":\"", entry.key_id, word_limit);
    out.add(entry.stream ? std::string_view(",\"stream\":true") : ",\"stream\":false");
    add_number(out, ",\"duration_us\":", entry.duration_us);
    add_number(out, ",\"ttft_us\":", entry.ttft_us);
    add_number(out, ",\"overhead_us\":", entry.overhead_us);
    add_number(out, ",\"body_us\":", entry.body_us);
    add_number(out, ",\"connect_us\":", entry.connect_us);
    add_number(out, ",\"upstream_ttfb_us\":", entry.upstream_ttfb_us);
    add_number(out, ",\"write_wait_us\":", entry.write_wait_us);
    add_number(out, ",\"prompt_tokens\":", entry.prompt_tokens);
    add_number(out, ",\"completion_tokens\":", entry.completion_tokens);
    add_number(out, ",\"bytes_in\":", entry.bytes_in);
    add_number(out, ",\"bytes_out\":", entry.bytes_out);
    add_number(out, ",\"attempts\":", entry.attempts);
    json_text(out, ",\"end_reason\":\"", entry.end_reason, word_limit);
    json_text(out, ",\"client_request_id\":\"", entry.client_request_id, id_limit);
    json_text(out, ",\"upstream_request_id\":\"", entry.upstream_request_id, id_limit);
    json_text(out, ",\"user_agent\":\"", entry.user_agent, name_limit);
    out.add('}');
}

void access_log::append_text(text_buffer& out, const access_entry& entry) {
    append_rfc3339(out, entry.time_us);
    out.add(' ');
    add_text(out, entry.client_ip.empty() ? std::string_view("-") : entry.client_ip, word_limit);
    out.add(" \"");
    add_text(out, entry.method, word_limit);
    out.add(' ');
    add_text(out, path_of(entry.target), target_limit);
    out.add("\" ");
    out.add(entry.status);
    plain_text(out, " code=", entry.code, word_limit);
    add_number(out, " duration_us=", entry.duration_us);
    plain_text(out, " requested_model=", entry.requested_model, name_limit);
    plain_text(out, " model=", entry.model, name_limit);
    plain_text(out, " provider=", entry.provider, word_limit);
    plain_text(out, " operation=", entry.operation, word_limit);
    plain_text(out, " key=", entry.key_name, id_limit);
    plain_text(out, " key_refused=", entry.key_refused, word_limit);
    plain_text(out, " key_id=", entry.key_id, word_limit);
    if (entry.stream) out.add(" stream");
    add_number(out, " ttft_us=", entry.ttft_us);
    add_number(out, " overhead_us=", entry.overhead_us);
    add_number(out, " body_us=", entry.body_us);
    add_number(out, " connect_us=", entry.connect_us);
    add_number(out, " upstream_ttfb_us=", entry.upstream_ttfb_us);
    add_number(out, " write_wait_us=", entry.write_wait_us);
    add_number(out, " prompt_tokens=", entry.prompt_tokens);
    add_number(out, " completion_tokens=", entry.completion_tokens);
    add_number(out, " bytes_in=", entry.bytes_in);
    add_number(out, " bytes_out=", entry.bytes_out);
    add_number(out, " attempts=", entry.attempts);
    plain_text(out, " end_reason=", entry.end_reason, word_limit);
    plain_text(out, " request_id=", entry.request_id, id_limit);
    plain_text(out, " client_request_id=", entry.client_request_id, id_limit);
    plain_text(out, " upstream_request_id=", entry.upstream_request_id, id_limit);
    plain_text(out, " user_agent=", entry.user_agent, name_limit);
}

}  // namespace ferry
