// What an error answer means. Providers hide money and content decisions behind wrong statuses, so codes come first.
#include <array>

#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "provider/meanings.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

using namespace meanings;

// Whoever was asked asked somebody else, who failed: an aggregator's status says nothing of that.
guess by_failure_behind(std::string_view text) {
    static constexpr std::array<std::string_view, 6> silent = {
        "upstream request timed out", "upstream request timeout", "upstream timed out",
        "upstream timeout",           "provider timed out",       "provider request timed out"};
    static constexpr std::array<std::string_view, 13> broken = {"upstream request failed",
                                                                "upstream request error",
                                                                "upstream request was aborted",
                                                                "upstream unavailable",
                                                                "upstream is unavailable",
                                                                "upstream service unavailable",
                                                                "upstream service is unavailable",
                                                                "upstream connect error",
                                                                "upstream server error",
                                                                "upstream error",
                                                                "upstream failed",
                                                                "provider request failed",
                                                                "provider is unavailable"};
    if (holds_one_of(text, silent)) return meaning{fault_code::upstream_timeout, next};
    // With a cause behind it, the cause decides.
    if (holds_one_of(text, broken) || text == "provider returned error") return failed;
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
    static constexpr std::array<std::string_view, 4> key = {"api key not valid", "incorrect api key", "invalid api key",
                                                            "api key expired"};
    const auto text = lower_case(message);
    if (status < 400) return {};
    if (status < 430 && holds_one_of(text, money)) return no_balance;
    if (status < 430 && holds_one_of(text, key)) return bad_key;
    const bool may_be_length = status == 400 || status == 413 || status == 422 || status >= 500;
    if (may_be_length && holds_one_of(text, length)) return too_long;
    if (status == 401 && text.find("no permission to use the model") != std::string::npos) return not_permitted;
    if (status < 500 && status != 401 && status != 403 && status != 429) return by_failure_behind(text);
    return {};
}

// An error inside a good answer: its code may be a status, or its type may name one.
int status_inside(const openai::upstream_error& error) {
    const auto code = parse_number<int>(error.code).value_or(0);
    if (code >= 400 && code < 600) return code;
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
    const auto type = lower_case(error.type);
    for (const auto& row : types) {
        if (row.type == type) return row.status;
    }
    return 500;
}

// Of the model, of the URL that Ferry asked, or of something that the client's request names, such as an image.
meaning not_found(const openai::upstream_error& error) {
    static constexpr std::array<std::string_view, 5> places = {"url", "path", "route", "endpoint", "page"};
    static constexpr std::array<std::string_view, 2> bare = {"not found", "resource not found"};
    auto text = lower_case(error.message);
    if (error.is_json && text.find("model") != std::string::npos) return no_model;
    if (text.ends_with('.')) text.pop_back();
    const bool says_what = !text.empty() && !is_one_of(std::string_view(text), bare) && !holds_one_of(text, places);
    // Not all services have all four members of an error; whoever has no such operation seldom gives it a type.
    const bool is_error = error.is_openai_shaped || (error.has_error_object && error.has_type);
    return is_error && says_what ? meaning{fault_code::upstream_bad_request, never} : bad_endpoint;
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
        case 424:  // what this one depends on failed
            return failed;
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

// The client can act on it, and the status is one its SDK has a name for.
bool is_the_clients(fault_code code, int status) {
    static constexpr std::array<int, 7> statuses = {400, 404, 409, 413, 415, 422, 429};
    static constexpr std::array<fault_code, 8> codes = {
        fault_code::upstream_bad_request,     fault_code::invalid_parameter,        fault_code::request_too_large,
        fault_code::context_length_exceeded,  fault_code::content_policy_violation, fault_code::upstream_conflict,
        fault_code::upstream_model_not_found, fault_code::upstream_rate_limited};
    return is_one_of(status, statuses) && is_one_of(code, codes);
}

// What the client can act on keeps the upstream's words alone; clients match on them.
void say(fault& f, const meaning& means, int status, int effective, const openai::upstream_error& error) {
    const bool about_request = means.retry == never || is_the_clients(means.code, effective) ||
                               means.code == fault_code::upstream_model_not_found ||
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

// Meanings that clients look for under one name, whatever a service calls them.
bool has_one_name(fault_code code) {
    return code == fault_code::context_length_exceeded || code == fault_code::content_policy_violation;
}

// The words of an error about the client's request stay what they are, unless they speak of Ferry's own account.
passed_error passed_of(fault_code code, int status, const openai::upstream_error& error) {
    passed_error passed;
    const auto usual = by_common_code(error);
    const bool is_money = usual && usual->code == fault_code::upstream_insufficient_balance;
    if (is_money || !is_the_clients(code, status)) return passed;
    passed.status = status;
    if (!error.has_error_object) return passed;
    const bool is_word = error.code.find_first_not_of("0123456789") != std::string::npos;
    if (error.has_type) passed.type = error.type;
    if (is_word && !has_one_name(code)) passed.code = error.code;
    passed.body = error.document;
    return passed;
}

}  // namespace

fault classify_by(std::span<const code_row> own, int status, const openai::upstream_error& error,
                  std::optional<std::chrono::milliseconds> retry_after) {
    const bool is_inside = status >= 200 && status < 300;
    const int effective = is_inside ? status_inside(error) : status;
    auto means = by_code(own, error);
    if (!means) means = by_common_code(error);
    if (!means) means = by_message(effective, error.message);
    if (!means) means = by_status(effective, error);
    auto f = fault::upstream(means->code, means->retry, {});
    say(f, *means, status, effective, error);
    f.param = is_the_clients(means->code, effective) ? error.param : "";
    f.upstream_status = status;
    f.upstream_code = error.code;
    f.upstream_message = error.message;
    f.retry_after = retry_after;
    f.passed = passed_of(means->code, effective, error);
    return f;
}

fault generic_classify(int status, const openai::upstream_error& error,
                       std::optional<std::chrono::milliseconds> retry_after) {
    return classify_by({}, status, error, retry_after);
}

}  // namespace ferry::provider
