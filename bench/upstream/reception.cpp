#include "upstream/reception.hpp"

#include <algorithm>
#include <chrono>

#include "upstream/reading.hpp"
#include "upstream/server.hpp"
#include "upstream/sha256.hpp"

namespace ferry::bench {
namespace {

std::int64_t unix_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

// What a request is taken to need, as a provider does before it answers: its text, and all that it allows.
std::int64_t tokens_asked(const request_facts& facts) {
    return static_cast<std::int64_t>(facts.body.size()) / 4 + std::max<std::int64_t>(facts.max_tokens, 0);
}

std::string_view key_of(const request& r) {
    const auto bearer = r.header("authorization");
    return bearer.empty() ? r.header("api-key") : bearer;
}

void note_parts(const form& from, ledger_entry& to) {
    for (const auto& part : from.parts()) {
        to.parts.push_back({part.name, part.file_name, part.content_type, part.bytes, part.sha256});
    }
}

}  // namespace

reception::reception(upstream_shared& shared, const transport& from)
    : shared_(shared), transport_(from), connection_(shared.next_connection.fetch_add(1)) {}

std::shared_ptr<ledger_entry> reception::new_entry(const request& r, large_body* large, std::uint64_t seq) const {
    auto entry = std::make_shared<ledger_entry>();
    entry->seq = seq;
    entry->connection = connection_;
    entry->unix_us = unix_us();
    entry->received_us = monotonic_us();
    entry->method = r.method;
    entry->target = r.target;
    if (shared_.journal.keeps()) {
        entry->head = r.head;
        entry->body = r.body;
    }
    entry->received_bytes = r.body_size;
    if (large) {
        entry->received_sha256 = large->hash();
    } else if (shared_.options.sha256) {
        sha256 hash;
        hash.add(r.body);
        entry->received_sha256 = hash.hex();
    }
    entry->framing = r.framing;
    entry->is_tls = transport_.is_tls();
    entry->is_resumed = transport_.resumed();
    entry->server_name = transport_.server_name();
    return entry;
}

delivery reception::take(const request& given, large_body* large) {
    request r = given;
    if (large) r.body = large->beginning();
    const auto seq = shared_.journal.next_seq();
    bump(shared_.counters.requests);
    bump(shared_.counters.in_flight);
    const operation asked = find_operation(r.method, r.path);
    reading said(r, asked, large);
    if (said.is_chat && shared_.rules.needs_prompt(said.facts)) said.parse_chat();
    const request_facts& facts = said.facts;
    auto decided = shared_.rules.decide(r, asked, facts, said.prompt);
    const auto& limit = decided.what->limit;
    if ((limit.requests > 0 || limit.tokens > 0) && r.method == "POST") {
        decided.what = shared_.limits.apply(decided.what, key_of(r), facts.model, tokens_asked(facts), steady::now());
    }
    auto made = make_answer(std::move(decided.what), {r, asked, facts, said.prompt, said.parts, shared_.rules,
                                                      shared_.objects, shared_.options.seed, seq});
    std::shared_ptr<ledger_entry> entry;
    if (shared_.journal.is_wanted()) {
        entry = new_entry(r, large, seq);
        if (said.parts) note_parts(*said.parts, *entry);
        entry->nonce = facts.nonce;
        entry->model = facts.model;
        entry->is_stream = made.is_stream;
        entry->rule = decided.rule;
        entry->status = made.status;
        entry->operation = asked.name();
        entry->object_id = made.object_id.empty() ? std::string(asked.id) : made.object_id;
        entry->units = made.units;
        entry->unit_kind = unit_name(made.counted_in);
        entry->prompt_tokens = made.tokens.prompt_tokens;
        entry->completion_tokens = made.tokens.completion_tokens;
        entry->cached_tokens = made.tokens.cached_tokens;
        entry->reasoning_tokens = made.tokens.reasoning_tokens;
        shared_.journal.add(entry);
    }
    return delivery(std::move(made), std::move(entry), shared_.options.sha256, steady::now());
}

delivery reception::refuse(std::string_view received, std::string_view why) {
    bump(shared_.counters.bad_requests);
    bump(shared_.counters.in_flight);
    std::shared_ptr<ledger_entry> entry;
    if (shared_.journal.is_wanted()) {
        request seen;
        seen.head = received;
        entry = new_entry(seen, nullptr, shared_.journal.next_seq());
        entry->is_whole = false;
        entry->status = 400;
        shared_.journal.add(entry);
    }
    auto answer = make_plain_answer(400, "application/json", error_json(400, why), true);
    return delivery(std::move(answer), std::move(entry), false, steady::now());
}

void reception::record_fragment(std::string_view received, bool by_reset) {
    request seen;
    seen.head = received;
    record_gone(seen, nullptr, by_reset);
}

void reception::record_part(request r, large_body& received, bool by_reset) {
    r.body = received.beginning();
    r.body_size = received.size();
    record_gone(r, &received, by_reset);
}

void reception::record_gone(const request& r, large_body* large, bool by_reset) {
    if (!shared_.journal.is_wanted()) return;
    const auto entry = new_entry(r, large, shared_.journal.next_seq());
    entry->is_whole = false;
    shared_.journal.add(entry);
    outcome result;
    result.end = "client_gone";
    result.peer_reset = by_reset;
    result.ended_us = result.peer_closed_us = monotonic_us();
    shared_.journal.finish(*entry, result);
}

void reception::settle(delivery& over, std::string_view end, bool by_reset) {
    outcome result = over.take_outcome();
    auto& counters = shared_.counters;
    const bool gone = end == "client_gone";
    drop(counters.in_flight);
    bump(counters.bytes_sent, result.bytes_sent);
    bump(gone ? counters.client_gone : end == "completed" ? counters.completed : counters.broken);
    if (!over.entry()) return;
    result.end = end;
    result.ended_us = monotonic_us();
    if (gone) result.peer_closed_us = result.ended_us;
    result.peer_reset = by_reset;
    shared_.journal.finish(*over.entry(), result);
}

}  // namespace ferry::bench
