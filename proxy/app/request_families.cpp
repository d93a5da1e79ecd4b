#include "app/request_families.hpp"

#include "openai/operation.hpp"

namespace ferry::app {

namespace {

constexpr double us_per_second = 1e6;
constexpr std::array<std::string_view, 6> classes = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

using model_labels = std::array<std::string, relay::model_labels>;

double number(const metric_counter& of) {
    return static_cast<double>(of.value());
}

template <class Bounds>
void add(metric_sheet& to, const metric_histogram<Bounds>& from, double scale, metric_labels labels) {
    std::array<std::uint64_t, metric_histogram<Bounds>::bucket_count> counts;
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) any += counts[i] = from.bucket(i);
    if (any > 0) to.add(histogram_view{Bounds::upper, counts, from.sum(), scale}, labels);
}

void add_outcomes(metric_sheet& sheet, const model_labels& of, const relay::model_metrics& from) {
    const auto& [operation, model, provider, currency, stream] = of;
    sheet.counter("ferry_requests_total", "Requests that were answered or given up, refused ones included.");
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (from.by_class[i].value() == 0) continue;
        sheet.add(number(from.by_class[i]), {{"operation", operation},
                                             {"model", model},
                                             {"provider", provider},
                                             {"stream", stream},
                                             {"status", classes[i]}});
    }
    sheet.counter("ferry_requests_ended_total", "Requests that an upstream was tried for, by how they ended.");
    for (std::size_t i = 0; i < from.ends.size(); ++i) {
        if (from.ends[i].value() == 0) continue;
        const auto reason = usage::to_text(static_cast<usage::end_reason>(i));
        sheet.add(number(from.ends[i]), {{"model", model}, {"provider", provider}, {"end_reason", reason}});
    }
    const metric_labels labels = {{"model", model}, {"provider", provider}};
    sheet.counter("ferry_retries_total", "Tries after the first of a request.").add(number(from.retries), labels);
    sheet.counter("ferry_failovers_total", "Requests that were answered by another row than the first choice.")
        .add(number(from.failovers), labels);
}

void add_usage(metric_sheet& sheet, const model_labels& of, const relay::model_metrics& from) {
    const auto& [operation, model, provider, currency, stream] = of;
    sheet.counter(
        "ferry_tokens_total",
        "Tokens as providers reported them, else as estimated. cached and cache_write are part of prompt, reasoning of "
        "completion.");
    // Named once more: clang 14, which builds this for ThreadSanitizer, captures no structured bindings.
    const auto tokens = [&, &model = model, &provider = provider](std::string_view type, const metric_counter& count,
                                                                  bool always = false) {
        if (!always && count.value() == 0) return;
        sheet.add(number(count), {{"model", model}, {"provider", provider}, {"type", type}});
    };
    tokens("prompt", from.prompt, true);
    tokens("completion", from.completion, true);
    tokens("cached", from.cached);
    tokens("cache_write", from.cache_write);
    tokens("reasoning", from.reasoning);
    tokens("audio", from.audio);
    sheet.counter("ferry_cost_pico_total", "Cost of usage in 1e-12 units of the currency.");
    if (!currency.empty()) {
        sheet.add(number(from.cost_pico), {{"model", model}, {"provider", provider}, {"currency", currency}});
    }
}

void add_times(metric_sheet& sheet, const model_labels& of, const relay::model_metrics& from) {
    const auto& [operation, model, provider, currency, stream] = of;
    sheet.histogram("ferry_request_duration_seconds", "From a request's head to the last byte of its answer.");
    add(sheet, from.duration_us, us_per_second,
        {{"operation", operation}, {"model", model}, {"provider", provider}, {"stream", stream}});
    sheet.histogram("ferry_time_to_first_token_seconds", "From a streamed request's head to its first token.");
    add(sheet, from.first_token_us, us_per_second, {{"model", model}, {"provider", provider}});
    sheet.histogram("ferry_stream_chunk_interval_seconds", "Between two reads of a stream that brought events.");
    add(sheet, from.chunk_us, us_per_second, {{"model", model}, {"provider", provider}});
}

// Names and attributes of the OpenTelemetry conventions for generative AI, so that dashboards made for them work.
void add_conventional(metric_sheet& sheet, const model_labels& of, const relay::model_metrics& from) {
    const auto& [operation, model, provider, currency, stream] = of;
    const metric_labels labels = {
        {"gen_ai_operation_name", "chat"}, {"gen_ai_provider_name", provider}, {"gen_ai_request_model", model}};
    const bool is_model = operation == openai::chat_completions().name && provider != "none";
    sheet.histogram("gen_ai_server_request_duration_seconds", "Time to the last byte of the answer.");
    if (is_model) add(sheet, from.duration_us, us_per_second, labels);
    sheet.histogram("gen_ai_server_time_to_first_token_seconds", "Time to the first token of a stream.");
    if (is_model) add(sheet, from.first_token_us, us_per_second, labels);
    sheet.histogram("gen_ai_client_token_usage", "Input and output tokens of one request.");
    const auto tokens = [&, &model = model, &provider = provider](std::string_view type,
                                                                  const metric_histogram<relay::token_bounds>& values) {
        add(sheet, values, 1,
            {{"gen_ai_operation_name", "chat"},
             {"gen_ai_provider_name", provider},
             {"gen_ai_request_model", model},
             {"gen_ai_token_type", type}});
    };
    if (!is_model) return;
    tokens("input", from.input_tokens);
    tokens("output", from.output_tokens);
}

void add_codes(metric_sheet& sheet, const relay::request_metrics& from) {
    const auto codes = [&](std::string_view name, std::string_view help, const auto& table) {
        sheet.counter(name, help);
        table.for_each([&](const auto& of, const metric_counter& count) {
            if (count.value() > 0) sheet.add(number(count), {{"code", of[0]}});
        });
    };
    codes("ferry_refusals_total", "Requests refused before any upstream was tried, by error code.", from.refusals);
    codes("ferry_errors_total", "Requests that failed although an upstream was tried, by error code.", from.errors);
    codes("ferry_upstream_failures_total", "Tries that failed, by error code.", from.upstream_failures);
    codes("ferry_usage_marks_total", "Requests with odd usage, by the tag of their row.", from.usage_marks);
}

}  // namespace

// How good estimates are is seen where the provider reports usage, too: those are compared that are learnt from.
void add_estimates(metric_sheet& sheet, const relay::request_metrics& from) {
    sheet.counter("ferry_estimated_answers_total", "Answers whose tokens of this side were not reported but estimated.")
        .add(number(from.estimated_prompts), {{"side", "prompt"}})
        .add(number(from.estimated_completions), {{"side", "completion"}});
    sheet.histogram("ferry_estimate_error_ratio",
                    "How far the estimate of a side is off, of what the provider reported; of answers learnt from.");
    constexpr double permille = 1e3;
    add(sheet, from.prompt_error, permille, {{"side", "prompt"}});
    add(sheet, from.completion_error, permille, {{"side", "completion"}});
}

void add_request_families(metric_sheet& sheet, const relay::counters& counts) {
    const auto& from = counts.measured;
    from.models.for_each([&](const model_labels& of, const relay::model_metrics& values) {
        add_outcomes(sheet, of, values);
        add_usage(sheet, of, values);
        add_times(sheet, of, values);
        add_conventional(sheet, of, values);
    });
    add_codes(sheet, from);
    add_estimates(sheet, from);
    sheet.histogram("ferry_request_overhead_seconds",
                    "Ferry's own time: before the request left, and after the answer's head came.");
    add(sheet, from.overhead_us, us_per_second, {});
}

}  // namespace ferry::app
