// What an error answer means. Providers hide money and content decisions behind wrong statuses, so codes come first.
#include <array>
#include <charconv>

#include "provider/generic.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

using meaning = error_meaning;
using guess = std::optional<meaning>;

constexpr auto never = retry_advice::never, same = retry_advice::same, next = retry_advice::next_candidate;

constexpr meaning no_balance{fault_code::upstream_insufficient_balance, next};
constexpr meaning too_long{fault_code::context_length_exceeded, never};
constexpr meaning bad_content{fault_code::content_policy_violation, never};
constexpr meaning bad_key{fault_code::upstream_auth_error, next};
constexpr meaning not_permitted{fault_code::upstream_permission_denied, next};
constexpr meaning no_model{fault_code::upstream_model_not_found, next};
constexpr meaning bad_endpoint{fault_code::upstream_bad_endpoint, next};
constexpr meaning rate_limited{fault_code::upstream_rate_limited, same};
constexpr meaning quota_used_up{fault_code::upstream_rate_limited, next};  // until a time far off
constexpr meaning busy{fault_code::upstream_overloaded, same};
constexpr meaning failed{fault_code::upstream_error, same};

constexpr auto common = std::to_array<code_row>({
    {"arrearage", no_balance},
    {"insufficient_quota", no_balance},
    {"insufficient_balance", no_balance},
    {"insufficient_user_quota", no_balance},
    {"exceeded_current_quota", no_balance},
    {"exceeded_current_quota_error", no_balance},
    {"billing_hard_limit_reached", no_balance},
    {"billing_not_active", no_balance},
    {"1113", no_balance},
    {"context_length_exceeded", too_long},
    {"exceed_context_size_error", too_long},
    {"tokens_too_long", too_long},
    {"1261", too_long},
    {"content_filter", bad_content},
    {"content_policy_violation", bad_content},
    {"data_inspection_failed", bad_content},
    {"datainspectionfailed", bad_content},
    {"unsafe_request", bad_content},
    {"1301", bad_content},
    {"invalid_api_key", bad_key},
    {"1000", bad_key},
    {"1001", bad_key},
    {"1003", bad_key},
    {"access_denied", not_permitted},
    {"model_not_found", no_model},
    {"modelnotfound", no_model},
    {"1211", no_model},
    {"rate_limit_exceeded", rate_limited},
    {"rate_limit_error", rate_limited},
    {"throttling*", rate_limited},
    {"1302", rate_limited},
    {"1303", rate_limited},
    {"1304", quota_used_up},
    {"1308", quota_used_up},
    {"1310", quota_used_up},
    {"1305", busy},
    {"1312", busy},
    {"overloaded_error", busy},
    {"rate_limit_reached_error", rate_limited},
    {"engine_overloaded", busy},
    {"engine_overloaded_error", busy},
    {"unavailable_error", busy},
});

bool matches(std::string_view code, std::string_view word) {
    if (!code.ends_with('*')) return code == word;
    return word.starts_with(code.substr(0, code.size() - 1));
}

guess by_code(std::span<const code_row> codes, const openai::upstream_error& error) {
    for (const auto& word : {lower(error.code), lower(error.type)}) {
        for (const auto& row : codes) {
            if (matches(row.code, word)) return row.means;
        }
    }
    return {};
}

// Only whole phrases: single words such as "balance" stand in harmless texts too.
guess by_message(int status, std::string_view message) {
    static constexpr std::array<std::string_view, 5> money = {
        "insufficient balance", "insufficient_balance", "exceeded your current quota, please check your plan",
        "\xe4\xbd\x99\xe9\xa2\x9d\xe4\xb8\x8d\xe8\xb6\xb3",  // balance not sufficient
        "\xe6\xac\xa0\xe8\xb4\xb9"};                         // in arrears
    static constexpr std::array<std::string_view, 3> length = {"maximum context length", "context length exceeded",
                                                               "exceeds the context window"};
    const auto text = lower(message);
    if (status >= 400 && status < 430 && holds_one_of(text, money)) return no_balance;
    if ((status == 400 || status == 413 || status == 422) && holds_one_of(text, length)) return too_long;
    if (status == 401 && text.find("no permission to use the model") != std::string::npos) return not_permitted;
    return {};
}

// An error inside a good answer: its code may be a status, or its type may name one.
int status_inside(const openai::upstream_error& error) {
    int code = 0;
    const auto* const end = error.code.data() + error.code.size();
    const auto [stop, failure] = std::from_chars(error.code.data(), end, code);
    if (failure == std::errc() && stop == end && code >= 400 && code < 600) return code;
    struct type_row {
        std::string_view type;
        int status;
    };
    static constexpr auto types = std::to_array<type_row>({{"invalid_request_error", 400},
                                                           {"badrequesterror", 400},
                                                           {"authentication_error", 401},
                                                           {"permission_error", 403},
                                                           {"not_found_error", 404},
                                                           {"notfounderror", 404},
                                                           {"invalid_argument", 400},
                                                           {"unauthenticated", 401},
                                                           {"permission_denied", 403},
                                                           {"not_found", 404},
                                                           {"resource_exhausted", 429},
                                                           {"unavailable", 503},
                                                           {"deadline_exceeded", 504}});
    const auto type = lower(error.type);
    for (const auto& row : types) {
        if (row.type == type) return row.status;
    }
    return 500;
}

meaning not_found(const openai::upstream_error& error) {
    const bool names_model = error.is_json && lower(error.message).find("model") != std::string::npos;
    return names_model ? no_model : bad_endpoint;
}

meaning by_status(int status, const openai::upstream_error& error) {
    if (error.is_html && status >= 500) return {fault_code::upstream_invalid_response, same};
    if (status >= 300 && status < 400) return bad_endpoint;  // redirects are not followed
    switch (status) {
        case 401:
            return bad_key;
        case 402:
            return no_balance;
        case 403:
            return not_permitted;
        case 404:
            return not_found(error);
        case 405:
            return bad_endpoint;
        case 408:
            return {fault_code::upstream_timeout, same};
        case 409:
            return {fault_code::upstream_conflict, same};
        case 413:
            return {fault_code::request_too_large, never};
        case 422:
            return {fault_code::invalid_parameter, never};
        case 429:
            return rate_limited;
        case 498:
        case 503:
        case 529:
            return busy;
        case 499:
            return failed;
        case 501:
            return {fault_code::not_supported, next};
        case 504:
            return {fault_code::upstream_timeout, next};  // the work may still be running
        default:
            break;
    }
    if (status >= 400 && status < 500) return {fault_code::upstream_bad_request, never};
    return failed;
}

// What a client cannot mend, in words for it and for whoever runs the gateway.
struct operators_matter {
    std::string_view what, advice;
};

std::optional<operators_matter> matter_of(fault_code code) {
    switch (code) {
        case fault_code::upstream_auth_error:
            return operators_matter{"The upstream does not accept this gateway's key for the model.",
                                    "Check the api_key of the model's row."};
        case fault_code::upstream_permission_denied:
            return operators_matter{"The upstream does not let this gateway use the model.",
                                    "Check what the api_key of the model's row may use."};
        case fault_code::upstream_insufficient_balance:
            return operators_matter{"This gateway's account at the upstream is used up.",
                                    "Top up the account behind the model."};
        case fault_code::upstream_bad_endpoint:
            return operators_matter{"This gateway asked the upstream at a place where the model is not.",
                                    "Check the api_endpoint of the model's row."};
        default:
            return std::nullopt;
    }
}

// What the client can act on keeps the upstream's words alone; clients match on them.
void say(fault& f, const meaning& means, int status, const openai::upstream_error& error) {
    const bool about_request = means.retry == never || means.code == fault_code::upstream_model_not_found ||
                               means.code == fault_code::upstream_rate_limited;
    const auto matter = matter_of(means.code);
    if (about_request && !matter && !error.message.empty() && !error.is_html) {
        f.message = error.message;
        return;
    }
    std::string text = "The upstream answered HTTP " + std::to_string(status);
    if (error.message.empty())
        text += " without saying why.";
    else
        text.append(": ").append(error.message);
    if (!matter) {
        f.message = std::move(text);
        return;
    }
    f.message.append(matter->what).append(" Whoever runs it has to see to that.");
    f.for_operator = std::move(text);
    if (const char last = f.for_operator.back(); last != '.' && last != '!') f.for_operator += '.';
    f.for_operator.append(" ").append(matter->advice);
}

}  // namespace

fault classify_by(std::span<const code_row> own, int status, const openai::upstream_error& error,
                  std::optional<std::chrono::milliseconds> retry_after) {
    const bool is_inside = status >= 200 && status < 300;
    const int effective = is_inside ? status_inside(error) : status;
    auto means = by_code(own, error);
    if (!means) means = by_code(common, error);
    if (!means) means = by_message(effective, error.message);
    if (!means) means = by_status(effective, error);
    auto f = fault::upstream(means->code, means->retry, {});
    say(f, *means, status, error);
    f.param = means->retry == never ? error.param : "";
    f.upstream_status = status;
    f.upstream_code = error.code;
    f.retry_after = retry_after;
    return f;
}

fault generic_classify(int status, const openai::upstream_error& error,
                       std::optional<std::chrono::milliseconds> retry_after) {
    return classify_by({}, status, error, retry_after);
}

}  // namespace ferry::provider
