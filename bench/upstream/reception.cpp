#include "upstream/reception.hpp"

#include <chrono>

#include "upstream/operations/operations.hpp"
#include "upstream/server.hpp"
#include "upstream/sha256.hpp"

namespace ferry::bench {
namespace {

std::int64_t unix_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

reception::reception(upstream_shared& shared, const transport& from)
    : shared_(shared), transport_(from), connection_(shared.next_connection.fetch_add(1)) {}

std::shared_ptr<ledger_entry> reception::new_entry(const request& r, std::uint64_t seq) const {
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
    entry->received_bytes = r.body.size();
    if (shared_.options.sha256) {
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

delivery reception::take(const request& r) {
    const auto seq = shared_.journal.next_seq();
    bump(shared_.counters.requests);
    bump(shared_.counters.in_flight);
    const operation asked = find_operation(r.method, r.path);
    const request_facts facts(r.body);
    const bool is_chat = asked.row && asked.row->serve == serve_chat;
    std::optional<parsed_prompt> prompt;
    if (!is_chat || shared_.rules.needs_prompt(facts)) prompt.emplace(r.body, is_chat);
    auto decided = shared_.rules.decide(r, asked, facts, prompt);
    auto made = make_answer(std::move(decided.what), {r, asked, facts, prompt, shared_.rules, shared_.objects,
                                                      shared_.options.seed, seq});
    std::shared_ptr<ledger_entry> entry;
    if (shared_.journal.is_wanted()) {
        entry = new_entry(r, seq);
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
        entry = new_entry(seen, shared_.journal.next_seq());
        entry->is_whole = false;
        entry->status = 400;
        shared_.journal.add(entry);
    }
    auto answer = make_plain_answer(400, "application/json", error_json(400, why), true);
    return delivery(std::move(answer), std::move(entry), false, steady::now());
}

void reception::record_fragment(std::string_view received, bool by_reset) {
    if (!shared_.journal.is_wanted()) return;
    request seen;
    seen.head = received;
    const auto entry = new_entry(seen, shared_.journal.next_seq());
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
