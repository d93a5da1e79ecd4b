#include "relay/books/access_line.hpp"

#include "base/log.hpp"
#include "openai/secret_scrub.hpp"
#include "provider/provider.hpp"
#include "relay/books/counters.hpp"

namespace ferry::relay {

namespace {

// A stream counts as slow by its first token and not by its length: a model that writes for two minutes is not slow.
void log_slow(const access_entry& of) {
    log_warn(
        "Slow request {}: model '{}' of {}, status {}, attempts {}; microseconds: duration {}, first token {}, "
        "client's body {}, connect {}, upstream's head {}, ferry {}, client's reading {}",
        of.request_id, of.model, of.provider.empty() ? "no provider" : of.provider, of.status, of.attempts,
        of.duration_us, of.ttft_us, std::max<std::int64_t>(of.body_us, 0), std::max<std::int64_t>(of.connect_us, 0),
        of.upstream_ttfb_us, of.overhead_us, std::max<std::int64_t>(of.write_wait_us, 0));
}

// `text`, or `clean` with what is left of it: some clients put their key where it does not belong.
std::string_view without_credentials(std::string_view text, std::string& clean) {
    if (!openai::holds_credential(text)) return text;
    clean = openai::scrub_secrets(text, {});
    return clean;
}

access_entry common_entry(const http_exchange& x, std::int64_t duration) {
    access_entry entry;
    entry.time_us = x.started_at_us + duration;
    entry.request_id = x.id_text();
    entry.client_ip = x.client_address;
    entry.method = x.head.method;
    entry.target = x.head.target;
    entry.status = x.end.status;
    entry.code = x.end.error_code;
    entry.operation = x.operation_name;
    entry.requested_model = x.asked_model;
    entry.key_name = x.who->name;
    entry.key_refused = access::to_text(x.refused_key.why);
    entry.key_id = x.refused_key.public_id;
    entry.duration_us = duration;
    if (x.write_us > 0) entry.write_wait_us = x.write_us;
    entry.client_request_id = x.client_request_id;
    entry.bytes_in = x.client.reader.head_size();
    entry.bytes_out = x.bytes_out;
    entry.end_reason = usage::to_text(x.end.reason);
    entry.user_agent = x.head.find("user-agent").value_or("");
    return entry;
}

void write_line(http_exchange& x, access_entry entry, std::int64_t answered_us) {
    std::string clean_target, clean_agent, clean_model;
    entry.target = without_credentials(entry.target, clean_target);
    entry.user_agent = without_credentials(entry.user_agent, clean_agent);
    entry.requested_model = without_credentials(entry.requested_model, clean_model);
    x.core.log.write(entry);
    const auto patience = x.settings->slow;
    if (patience.count() > 0 && answered_us > patience.count() * 1000) log_slow(entry);
}

}  // namespace

void log_access(http_exchange& x) {
    const auto duration = us_between(x.started, steady::now());
    x.core.counts.measured.finished(x, duration);
    write_line(x, common_entry(x, duration), duration);
}

void log_access(request& x) {
    const auto duration = us_between(x.started, steady::now());
    x.core.counts.measured.finished(x, duration);
    auto entry = common_entry(x, duration);
    std::string asked_id;
    if (x.asked.model) entry.requested_model = *x.asked.model;
    if (x.asked.id) entry.requested_model = asked_id = "id " + std::to_string(*x.asked.id);
    entry.model = x.route.model_name;
    if (x.answered_by != nullptr) entry.provider = x.answered_by->service->name;
    entry.stream = x.asked.stream;
    if (x.first_token) entry.ttft_us = us_between(x.started, *x.first_token);
    if (x.before_us >= 0) entry.overhead_us = x.before_us + x.after_us;
    if (x.body_us > 0) entry.body_us = x.body_us;
    if (x.connect_us > 0) entry.connect_us = x.connect_us;
    entry.upstream_ttfb_us = x.upstream_us;
    entry.upstream_request_id = x.upstream_request_id;
    entry.prompt_tokens = x.bill.tokens.prompt.value_or(-1);
    entry.completion_tokens = x.bill.tokens.completion.value_or(-1);
    entry.bytes_in += x.body_bytes;
    entry.attempts = x.tries;
    write_line(x, entry, x.first_token ? entry.ttft_us : duration);
}

}  // namespace ferry::relay
