// What errors can mean, and what the codes mean that services share.
#pragma once

#include <optional>
#include <span>

#include "provider/generic.hpp"

namespace ferry::provider::meanings {

using meaning = error_meaning;
using guess = std::optional<meaning>;

inline constexpr auto never = retry_advice::never, same = retry_advice::same, next = retry_advice::next_candidate;

inline constexpr meaning no_balance{fault_code::upstream_insufficient_balance, next};
inline constexpr meaning too_long{fault_code::context_length_exceeded, never};
inline constexpr meaning bad_content{fault_code::content_policy_violation, never};
inline constexpr meaning bad_key{fault_code::upstream_auth_error, next};
inline constexpr meaning not_permitted{fault_code::upstream_permission_denied, next};
inline constexpr meaning no_model{fault_code::upstream_model_not_found, next};
inline constexpr meaning bad_endpoint{fault_code::upstream_bad_endpoint, next};
inline constexpr meaning rate_limited{fault_code::upstream_rate_limited, same};
inline constexpr meaning quota_used_up{fault_code::upstream_rate_limited, next};  // until a time far off
inline constexpr meaning busy{fault_code::upstream_overloaded, same};
inline constexpr meaning failed{fault_code::upstream_error, same};

// By its code, then by its type; nothing for one that says nothing by itself.
guess by_code(std::span<const code_row> codes, const openai::upstream_error& error);
// The same by what is known of all services.
guess by_common_code(const openai::upstream_error& error);

}  // namespace ferry::provider::meanings
