#include "usage/record_format.hpp"

#include <algorithm>

#include "usage/record_kind.hpp"
#include "usage/wire.hpp"

namespace ferry::usage {

namespace {

void put_head(wire_writer& out, record_kind what, const uuid& id) {
    out.byte(record_version);
    out.byte(static_cast<unsigned char>(what));
    out.raw({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

void put_result(wire_writer& out, const attempt_result& r) {
    out.number(r.attempt);
    out.number(r.status);
    out.text(r.error_code, max_code_bytes);
    out.byte(r.was_sent ? 1 : 0);
    out.optional(r.connect_us);
    out.optional(r.ttft_us);
    out.optional(r.duration_us);
    out.number(r.bytes_up);
    out.number(r.bytes_down);
    out.optional(r.prompt_tokens);
    out.optional(r.completion_tokens);
}

// Behind all that older programs know of: they ignore it. Each message that fits, by the number of its attempt.
void put_messages(wire_writer& out, std::span<const attempt_result> results, std::size_t limit) {
    constexpr std::size_t around = 1 + wire_writer::longest_number + 2 + 1;
    for (const attempt_result& r : results) {
        const auto message = clip_utf8(r.message, max_message_bytes);
        if (message.empty() || out.written().size() + around + message.size() > limit) continue;
        out.byte(1);
        out.number(r.attempt);
        out.text(message, max_message_bytes);
    }
    if (out.written().size() < limit) out.byte(0);
}

// What the row's tags are made of; the byte behind the results, absent in older records.
unsigned char marks_of(const end_record& r) {
    const auto& marks = r.tokens.marks;
    return static_cast<unsigned char>((marks.odd ? 1 : 0) | (marks.unreconciled ? 2 : 0) | (marks.implausible ? 4 : 0) |
                                      (r.cost_is_saturated ? 8 : 0) | (r.is_unpriced ? 16 : 0) |
                                      (r.is_unmetered ? 32 : 0));
}

constexpr std::size_t size_of_estimate = 2 * wire_writer::longest_number + 1;

// Behind the messages.
std::size_t size_of_units(const end_record& r) {
    return 2 * wire_writer::longest_number + r.issued_ids.size() + 4 + size_of_estimate;
}
void put_units(wire_writer& out, const end_record& r) {
    out.optional(r.unit_price_pico);
    out.text(r.issued_ids, max_ids_bytes);
}

// Behind the units.
void put_estimate(wire_writer& out, const estimate_marks& marks) {
    out.number(marks.version);
    out.number(marks.error_permille);
    out.byte(static_cast<unsigned char>((marks.is_unseen ? 1 : 0) | (marks.is_drained ? 2 : 0)));
}

bool has_prices(const end_record& r) {
    return r.tier_price || r.further.has_any() || r.rescued != rescue_marks{};
}
constexpr std::size_t size_of_rescue = wire_writer::longest_number + 1;
std::size_t size_of_prices(const end_record& r) {
    return has_prices(r) ? 9 * wire_writer::longest_number + 1 + size_of_rescue : 0;
}
void put_rescue(wire_writer& out, const rescue_marks& r) {
    out.number(r.answered_by);
    out.byte(static_cast<unsigned char>((r.is_joined ? 1 : 0) | (r.is_inexact ? 2 : 0)));
}
void put_prices(wire_writer& out, const end_record& r) {
    const auto& own = r.further;
    for (const auto* price : {&own.cache_write, &own.reasoning, &own.audio_input, &own.audio_output, &own.request})
        out.optional(*price);
    out.optional(r.tokens.audio_output);
    out.byte(r.tier_price ? 1 : 0);
    if (!r.tier_price) return;
    for (const auto pico : {r.tier_price->input_pico, r.tier_price->output_pico, r.tier_price->cached_input_pico})
        out.number(pico);
}
}  // namespace

std::string_view record_buffer::encode(const begin_record& r) {
    wire_writer out(bytes_.data());
    put_head(out, record_kind::begin, r.id);
    out.number(r.started_at_us);
    out.optional(r.key_id);
    out.optional(r.user_id);
    out.optional(r.team_id);
    out.text(r.operation, max_code_bytes);
    out.text(r.model_name, max_name_bytes);
    out.byte(r.is_stream ? 1 : 0);
    out.optional(r.conversation_id);
    out.text(r.end_user, max_text_bytes);
    out.text(r.client_request_id, max_text_bytes);
    out.text(r.client_ip, max_code_bytes);
    out.text(r.user_agent, max_text_bytes);
    out.text(r.trace_id, max_code_bytes);
    out.number(r.catalog_version);
    return out.written();
}

std::string_view record_buffer::encode(const uuid& id, const attempt_record& r) {
    wire_writer out(bytes_.data());
    put_head(out, record_kind::attempt, id);
    out.number(r.attempt);
    out.number(r.model_id);
    out.text(r.model_name, max_name_bytes);
    out.text(r.upstream_model, max_name_bytes);
    out.text(r.provider, max_code_bytes);
    out.text(r.currency, max_code_bytes);
    out.number(r.price.input_pico);
    out.number(r.price.output_pico);
    out.number(r.price.cached_input_pico);
    return out.written();
}

std::string_view record_buffer::encode(const uuid& id, const end_record& r, std::size_t limit) {
    wire_writer out(bytes_.data());
    put_head(out, record_kind::end, id);
    out.number(r.ended_at_us);
    out.number(r.duration_us);
    for (const auto* field : {&r.first_token_at_us, &r.ttft_us, &r.overhead_us}) out.optional(*field);
    out.number(r.status);
    out.text(r.error_code, max_code_bytes);
    out.text(r.finish_reason, max_code_bytes);
    out.byte(static_cast<unsigned char>(r.end_reason));
    out.byte(static_cast<unsigned char>(r.basis));
    const openai::token_usage& t = r.tokens;
    for (const auto* field : {&t.prompt, &t.completion, &t.total, &t.cached, &t.cache_write, &t.reasoning, &t.audio})
        out.optional(*field);
    out.optional(r.units);
    out.text(r.unit_kind, max_code_bytes);
    out.number(r.cost_pico);
    out.text(r.upstream_request_id, max_text_bytes);
    constexpr std::size_t longest_result = 1 + 7 * wire_writer::longest_number + max_code_bytes + 16;
    static_assert(max_attempt_results * longest_result + least_end_bytes <= max_record_bytes);
    std::size_t results = 0;
    bool has_messages = false;
    for (const attempt_result& result : r.attempts.first(std::min(r.attempts.size(), max_attempt_results))) {
        const std::size_t before = out.written().size();
        out.byte(1);
        put_result(out, result);
        if (out.written().size() + 3 + size_of_units(r) + size_of_prices(r) > limit) {
            out.cut_to(before);
            break;
        }
        ++results;
        has_messages = has_messages || !result.message.empty();
    }
    out.byte(0);
    out.byte(marks_of(r));
    const bool has_prices_too = has_prices(r), has_estimate = has_prices_too || r.estimated != estimate_marks{};
    const bool has_units = r.unit_price_pico || !r.issued_ids.empty() || has_estimate;
    if (!has_messages && !has_units) return out.written();
    const auto for_units = has_units ? size_of_units(r) + size_of_prices(r) : 0;
    put_messages(out, r.attempts.first(has_messages ? results : 0), limit - for_units);
    if (has_units) put_units(out, r);
    if (has_estimate) put_estimate(out, r.estimated);
    if (has_prices_too) put_prices(out, r);
    if (r.rescued != rescue_marks{}) put_rescue(out, r.rescued);
    return out.written();
}

std::string_view record_buffer::encode(const uuid& id, const turn_part& r) {
    wire_writer out(bytes_.data());
    put_head(out, record_kind::turn_part, id);
    out.count(r.whole_bytes);
    out.count(r.bytes.size());
    out.raw(r.bytes);
    return out.written();
}

std::string_view record_buffer::encode_seal() {
    wire_writer out(bytes_.data());
    put_head(out, record_kind::seal, uuid{});
    return out.written();
}

}  // namespace ferry::usage
