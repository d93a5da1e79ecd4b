// How records are read.
#include <cstring>

#include "usage/record_format.hpp"
#include "usage/record_kind.hpp"
#include "usage/wire.hpp"

namespace ferry::usage {

namespace {

constexpr auto last_end_reason = end_reason::crash;
constexpr auto last_basis = basis::interrupted;

uuid get_id(wire_reader& in) {
    uuid id;
    const std::string_view bytes = in.raw(id.bytes.size());
    if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
    return id;
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

// Absent in older records.
void get_units(wire_reader& in, end_record& r) {
    if (in.is_at_end()) return;
    r.unit_price_pico = in.optional();
    r.issued_ids = in.text();
}

// Likewise.
void get_estimate(wire_reader& in, estimate_marks& marks) {
    if (in.is_at_end()) return;
    marks.version = static_cast<std::int32_t>(in.number());
    marks.error_permille = static_cast<std::int32_t>(in.number());
    const unsigned bits = in.byte();
    marks.is_unseen = (bits & 1) != 0;
    marks.is_drained = (bits & 2) != 0;
}

void get_prices(wire_reader& in, end_record& r) {
    if (in.is_at_end()) return;
    auto& own = r.further;
    for (auto* price : {&own.cache_write, &own.reasoning, &own.audio_input, &own.audio_output, &own.request})
        *price = in.optional();
    r.tokens.audio_output = in.optional();
    if (in.byte() == 0) return;
    auto& tier = r.tier_price.emplace();
    for (auto* pico : {&tier.input_pico, &tier.output_pico, &tier.cached_input_pico}) *pico = in.number();
}

void get_rescue(wire_reader& in, rescue_marks& marks) {
    if (in.is_at_end()) return;
    marks.answered_by = static_cast<int>(in.number());
    const unsigned bits = in.byte();
    marks.is_joined = (bits & 1) != 0;
    marks.is_inexact = (bits & 2) != 0;
}

decoded_record decode_fields(record_kind what, const uuid& id, wire_reader& in) {
    switch (what) {
        case record_kind::begin:
            return get_begin(in, id);
        case record_kind::attempt:
            return decoded_attempt{id, get_attempt(in)};
        case record_kind::seal:
            return decoded_seal{};
        case record_kind::turn_part: {
            const auto whole = in.count();
            return decoded_part{id, {whole, in.text()}};
        }
        case record_kind::end:
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
    if (rest.is_good()) get_estimate(rest, end.record.estimated);
    if (!rest.is_good()) end.record.estimated = {};
    if (rest.is_good()) get_prices(rest, end.record);
    if (!rest.is_good()) end.record.further = {}, end.record.tier_price.reset(), end.record.tokens.audio_output.reset();
    if (rest.is_good()) get_rescue(rest, end.record.rescued);
    if (!rest.is_good()) end.record.rescued = {};
    return end;
}

}  // namespace

decoded_record decode(std::string_view payload) {
    wire_reader in(payload);
    const unsigned version = in.byte();
    if (!in.is_good() || version == 0) return malformed_record{};
    if (version > record_version) return newer_record{version};
    const auto what = static_cast<record_kind>(in.byte());
    const uuid id = get_id(in);
    decoded_record record = decode_fields(what, id, in);
    if (!in.is_good()) return malformed_record{};
    return record;
}

}  // namespace ferry::usage
