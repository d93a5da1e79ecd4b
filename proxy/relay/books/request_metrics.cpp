#include "relay/books/request_metrics.hpp"

#include "provider/provider.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

namespace {

constexpr std::string_view other = "other";

// Upstreams choose some of the codes. Ours, and every one worth a label, are words; what is not may be anything.
std::string_view as_label(std::string_view code) {
    const bool is_word = code.size() <= 48 && code.find_first_not_of(
                                                  "abcdefghijklmnopqrstuvwxyz"
                                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.") == code.npos;
    return is_word ? code : other;
}

void count_code(metric_table<1, metric_counter, most_codes>& table, std::string_view code) {
    if (!code.empty()) table.of({as_label(code)}).add(1);
}

std::string_view yes_or_no(bool value) {
    return value ? "true" : "false";
}

void add_tokens(model_metrics& to, const openai::token_usage& tokens) {
    if (tokens.prompt) {
        to.prompt.add(static_cast<std::uint64_t>(*tokens.prompt));
        to.input_tokens.observe(*tokens.prompt);
    }
    if (tokens.completion) {
        to.completion.add(static_cast<std::uint64_t>(*tokens.completion));
        to.output_tokens.observe(*tokens.completion);
    }
    if (tokens.cached) to.cached.add(static_cast<std::uint64_t>(*tokens.cached));
    if (tokens.cache_write) to.cache_write.add(static_cast<std::uint64_t>(*tokens.cache_write));
    if (tokens.reasoning) to.reasoning.add(static_cast<std::uint64_t>(*tokens.reasoning));
    if (tokens.audio) to.audio.add(static_cast<std::uint64_t>(*tokens.audio));
}

}  // namespace

void request_metrics::count_end(model_metrics& model, const http_exchange& x, std::int64_t duration_us) {
    const auto status_class = static_cast<std::size_t>(x.end.status / 100);
    model.by_class[status_class < model.by_class.size() ? status_class : 0].add(1);
    model.duration_us.observe(duration_us);
}

request_metrics::request_metrics()
    : models({other, other, other, "", "false"}),
      refusals({other}),
      errors({other}),
      upstream_failures({other}),
      usage_marks({other}) {}

model_metrics& request_metrics::of(const request& x) {
    const bool stream = x.asked.stream;
    if (x.answered_by == nullptr) return models.of({x.operation_name, other, "none", "", yes_or_no(stream)});
    const auto& row = *x.answered_by;
    const auto version = x.pinned.models->version();
    auto& slot = recent_[(static_cast<std::size_t>(row.id) * 2 + (stream ? 1 : 0)) % recent_.size()];
    const bool known = slot.row == row.id && slot.version == version && slot.stream == stream &&
                       slot.operation.data() == x.operation_name.data();
    if (!known) {
        auto& values =
            models.of({x.operation_name, row.model_name, row.service->name, row.currency, yes_or_no(stream)});
        slot = {version, row.id, x.operation_name, stream, &values};
    }
    return *slot.values;
}

void request_metrics::finished(const http_exchange& x, std::int64_t duration_us) {
    count_end(models.of({x.operation_name, other, "none", "", yes_or_no(false)}), x, duration_us);
    count_code(refusals, x.end.error_code);
}

void request_metrics::finished(const request& x, std::int64_t duration_us) {
    auto& model = of(x);
    count_end(model, x, duration_us);
    if (x.before_us >= 0) overhead_us.observe(x.before_us + x.after_us);
    if (x.first_token) model.first_token_us.observe(us_between(x.started, *x.first_token));
    if (x.tries == 0) return count_code(refusals, x.end.error_code);
    model.ends[static_cast<std::size_t>(x.end.reason)].add(1);
    add_tokens(model, x.bill.tokens);
    const auto& marks = x.bill.tokens.marks;
    if (marks.odd) count_code(usage_marks, "usage_odd");
    if (marks.unreconciled) count_code(usage_marks, "usage_unreconciled");
    if (marks.implausible) count_code(usage_marks, "usage_implausible");
    model.cost_pico.add(static_cast<std::uint64_t>(x.cost_pico));
    count_code(errors, x.end.error_code);
    if (x.tries > 1) model.retries.add(static_cast<std::uint64_t>(x.tries - 1));
    if (x.answered_by != x.route.candidates.front()) model.failovers.add(1);
    for (const auto& one : x.attempts) count_code(upstream_failures, one.error_code);
}

}  // namespace ferry::relay
