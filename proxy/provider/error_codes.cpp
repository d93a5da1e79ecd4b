// The codes by which services say what went wrong. They come before the status, which many choose badly.
#include <array>

#include "base/ascii.hpp"
#include "provider/meanings.hpp"

namespace ferry::provider::meanings {
namespace {

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
    {"1008", no_balance},
    {"context_length_exceeded", too_long},
    {"exceed_context_size_error", too_long},
    {"tokens_too_long", too_long},
    {"1261", too_long},
    {"1039", too_long},
    {"content_filter", bad_content},
    {"content_policy_violation", bad_content},
    {"data_inspection_failed", bad_content},
    {"datainspectionfailed", bad_content},
    {"unsafe_request", bad_content},
    {"1301", bad_content},
    {"1026", bad_content},
    {"1027", bad_content},
    {"invalid_api_key", bad_key},
    {"1000", bad_key},
    {"1001", bad_key},
    {"1003", bad_key},
    {"1004", bad_key},
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

}  // namespace

guess by_code(std::span<const code_row> codes, const openai::upstream_error& error) {
    for (const auto& word : {lower_case(error.code), lower_case(error.type)}) {
        for (const auto& row : codes) {
            if (matches(row.code, word)) return row.means;
        }
    }
    return {};
}

guess by_common_code(const openai::upstream_error& error) {
    return by_code(common, error);
}

}  // namespace ferry::provider::meanings
