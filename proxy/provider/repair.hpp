// Changes of a request that make up for a provider's refusal of one of its members.
#pragma once

#include <bitset>
#include <string>
#include <string_view>

#include "openai/chat_request.hpp"
#include "openai/upstream_error.hpp"

namespace ferry::provider {

enum class repair_kind : unsigned char {
    drop,       // the request does without the member
    rename,     // the member is known there by another name
    set_false,  // the member is added
    stream,     // the answer is asked for as a stream
};

struct repair_rule {
    std::string_view member;
    repair_kind kind;
    std::string_view new_name = {};
    bool is_lasting = true;  // whoever refuses it once refuses it always, whatever else the request says
};

inline constexpr std::size_t repair_count = 16;
// One bit per repair_rule.
using repair_set = std::bitset<repair_count>;

const repair_rule& rule_of(std::size_t bit);

// The set with the one rule for `member` in it. REQUIRES: there is one.
repair_set repair_of(std::string_view member);

// What an error answer asks for; a `status` below 300 is an error inside a good answer. Only a member that the provider
// says it does not support at all is dropped, and none whose absence the client would miss in the answer; a value out
// of range is for the client to hear of.
repair_set find_repairs(int status, const openai::upstream_error& error);

// Those of `wanted` that would change this request. `body` is what was scanned.
repair_set applicable(repair_set wanted, const openai::chat_request& request, std::string_view body);

// Those that every later request to the same model needs too.
repair_set lasting(repair_set repairs);

// The names of the members, for people: "max_tokens, temperature".
std::string names_of(repair_set repairs);

}  // namespace ferry::provider
