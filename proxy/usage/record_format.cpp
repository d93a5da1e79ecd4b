#include "usage/record_format.hpp"

#include <algorithm>
#include <cstring>

#include "usage/wire.hpp"

namespace ferry::usage {

namespace {

enum class kind : unsigned char { begin = 1, attempt = 2, end = 3, seal = 4 };

constexpr auto last_end_reason = end_reason::crash;
constexpr auto last_basis = basis::interrupted;

void put_head(wire_writer& out, kind what, const uuid& id) {
    out.byte(record_version);
    out.byte(static_cast<unsigned char>(what));
    out.raw({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

uuid get_id(wire_reader& in) {
    uuid id;
    const std::string_view bytes = in.raw(id.bytes.size());
    if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
    return id;
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

attempt_result get_result(wire_reader& in) {
    attempt_result r;
    r.attempt = static_cast<int>(in.number());
    r.status = static_cast<int>(in.number());
    r.error_code = in.text();
    r.was_sent = in.byte() != 0;
    r.connect_us = in.optional();
    r.ttft_us = in.optional();
    r.duration_us = in.optional();
    r.bytes_up = in.number();
    r.bytes_down = in.number();
    r.prompt_tokens = in.optional();
    r.completion_tokens = in.optional();
    return r;
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

// What is damaged or of a form not known yet is no loss.
void get_messages(wire_reader& in, std::vector<attempt_result>& results) {
    while (in.byte() != 0) {
        const auto number = in.number();
        const auto message = in.text();
        if (!in.is_good()) return;
        for (auto& one : results) {
            if (one.attempt == number) one.message = message;
        }
    }
}

begin_record get_begin(wire_reader& in, const uuid& id) {
    begin_record r;
    r.id = id;
    r.started_at_us = in.number();
    r.key_id = in.optional();
    r.user_id = in.optional();
    r.team_id = in.optional();
    r.operation = in.text();
    r.model_name = in.text();
    r.is_stream = in.byte() != 0;
    r.conversation_id = in.optional();
    r.end_user = in.text();
    r.client_request_id = in.text();
    r.client_ip = in.text();
    r.user_agent = in.text();
    r.trace_id = in.text();
    r.catalog_version = in.number();
    return r;
}

attempt_record get_attempt(wire_reader& in) {
    attempt_record r;
    r.attempt = static_cast<int>(in.number());
    r.model_id = in.number();
    r.model_name = in.text();
    r.upstream_model = in.text();
    r.provider = in.text();
    r.currency = in.text();
    r.price.input_pico = in.number();
    r.price.output_pico = in.number();
    r.price.cached_input_pico = in.number();
    return r;
}

end_record get_end(wire_reader& in) {
    end_record r;
    r.ended_at_us = in.number();
    r.duration_us = in.number();
    for (auto* field : {&r.first_token_at_us, &r.ttft_us, &r.overhead_us}) *field = in.optional();
    r.status = static_cast<int>(in.number());
    r.error_code = in.text();
    r.finish_reason = in.text();
    r.end_reason = in.one_of(last_end_reason);
    r.basis = in.one_of(last_basis);
    openai::token_usage& t = r.tokens;
    for (auto* field : {&t.prompt, &t.completion, &t.total, &t.cached, &t.cache_write, &t.reasoning, &t.audio})
        *field = in.optional();
    r.units = in.optional();
    r.unit_kind = in.text();
    r.cost_pico = in.number();
    r.upstream_request_id = in.text();
    return r;
}

// What the row's tags are made of; the byte behind the results, absent in older records.
unsigned char marks_of(const end_record& r) {
    const auto& marks = r.tokens.marks;
    return static_cast<unsigned char>((marks.odd ? 1 : 0) | (marks.unreconciled ? 2 : 0) | (marks.implausible ? 4 : 0) |
                                      (r.cost_is_saturated ? 8 : 0) | (r.is_unpriced ? 16 : 0) |
                                      (r.is_unmetered ? 32 : 0));
}

void get_marks(wire_reader& in, end_record& r) {
    const unsigned bits = in.byte();
    auto& marks = r.tokens.marks;
    marks.odd = (bits & 1) != 0;
    marks.unreconciled = (bits & 2) != 0;
    marks.implausible = (bits & 4) != 0;
    r.cost_is_saturated = (bits & 8) != 0;
    r.is_unpriced = (bits & 16) != 0;
    r.is_unmetered = (bits & 32) != 0;
}

// Behind the messages.
std::size_t size_of_units(const end_record& r) {
    return 2 * wire_writer::longest_number + r.issued_ids.size() + 4;
}
void put_units(wire_writer& out, const end_record& r) {
    out.optional(r.unit_price_pico);
    out.text(r.issued_ids, max_ids_bytes);
}
// Absent in older records.
void get_units(wire_reader& in, end_record& r) {
    if (in.is_at_end()) return;
    r.unit_price_pico = in.optional();
    r.issued_ids = in.text();
}

decoded_record decode_fields(kind what, const uuid& id, wire_reader& in) {
    switch (what) {
        case kind::begin:
            return get_begin(in, id);
        case kind::attempt:
            return decoded_attempt{id, get_attempt(in)};
        case kind::seal:
            return decoded_seal{};
        case kind::end:
            break;
        default:
            return malformed_record{};
    }
    decoded_end end{id, get_end(in), {}};
    while (in.byte() != 0 && in.is_good() && end.attempts.size() < max_attempt_results)
        end.attempts.push_back(get_result(in));
    if (in.is_at_end()) return end;
    get_marks(in, end.record);
    // What is damaged here is no loss of the record.
    auto rest = in;
    get_messages(rest, end.attempts);
    if (rest.is_good()) get_units(rest, end.record);
    if (!rest.is_good()) end.record.unit_price_pico.reset(), end.record.issued_ids = {};
    return end;
}

}  // namespace

std::string_view record_buffer::encode(const begin_record& r) {
    wire_writer out(bytes_.data());
    put_head(out, kind::begin, r.id);
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
    put_head(out, kind::attempt, id);
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
    put_head(out, kind::end, id);
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
        if (out.written().size() + 3 + size_of_units(r) > limit) {
            out.cut_to(before);
            break;
        }
        ++results;
        has_messages = has_messages || !result.message.empty();
    }
    out.byte(0);
    out.byte(marks_of(r));
    const bool has_units = r.unit_price_pico || !r.issued_ids.empty();
    if (!has_messages && !has_units) return out.written();
    const auto for_units = has_units ? size_of_units(r) : 0;
    put_messages(out, r.attempts.first(has_messages ? results : 0), limit - for_units);
    if (has_units) put_units(out, r);
    return out.written();
}

std::string_view record_buffer::encode_seal() {
    wire_writer out(bytes_.data());
    put_head(out, kind::seal, uuid{});
    return out.written();
}

decoded_record decode(std::string_view payload) {
    wire_reader in(payload);
    const unsigned version = in.byte();
    if (!in.is_good() || version == 0) return malformed_record{};
    if (version > record_version) return newer_record{version};
    const auto what = static_cast<kind>(in.byte());
    const uuid id = get_id(in);
    decoded_record record = decode_fields(what, id, in);
    if (!in.is_good()) return malformed_record{};
    return record;
}

}  // namespace ferry::usage
