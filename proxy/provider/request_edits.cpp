#include "provider/request_edits.hpp"

#include <string>

#include "base/number_text.hpp"
#include "openai/json_text.hpp"
#include "openai/member_finder.hpp"
#include "openai/member_names.hpp"
#include "openai/role_finder.hpp"

namespace ferry::provider {
namespace {

using openai::member;

// The value stays as it is; white space between key and value only where the key is not spelled with escapes.
void rename_member(openai::member_span at, std::string_view body, std::string_view from, std::string_view to,
                   openai::edit_list& edits) {
    const auto old_key = openai::quote_json(from);
    if (body.substr(at.whole.begin, old_key.size()) == old_key) {
        edits.replace({at.whole.begin, at.whole.begin + old_key.size()}, openai::quote_json(to));
    } else {
        edits.replace({at.whole.begin, at.value.begin}, openai::quote_json(to) + ":");
    }
}

// The nearest values that are still inside.
void clamp_top_p(openai::span at, std::string_view body, openai::edit_list& edits) {
    const auto value = parse_number<double>(body.substr(at.begin, at.end - at.begin));
    if (!value) return;  // for the provider to judge
    if (*value >= 1) edits.replace(at, "0.999");
    if (*value <= 0) edits.replace(at, "0.001");
}

void repair(const repair_rule& rule, const openai::chat_request& request, std::string_view body,
            openai::edit_list& edits) {
    const auto at = where(request, body, rule.member);
    switch (rule.kind) {
        case repair_kind::drop:
            if (at) edits.remove_member(at->whole);
            break;
        case repair_kind::rename:
            rename_member(*at, body, rule.member, rule.new_name, edits);
            break;
        case repair_kind::set_false:
            edits.insert_member(openai::quote_json(rule.member) + ":false");
            break;
        case repair_kind::stream:
            break;  // the caller's as_stream
    }
}

void ask_for_stream(const openai::chat_request& request, openai::edit_list& edits) {
    if (const auto& at = request.where(member::stream))
        edits.replace(at->value, "true");
    else
        edits.insert_member(R"("stream":true)");
}

}  // namespace

std::optional<openai::member_span> where(const openai::chat_request& request, std::string_view body,
                                         std::string_view name) {
    const auto known = openai::match_member(name);
    if (known && known->is_exact) return request.where(known->which);
    return openai::find_member(body, name);
}

void edit_request(const request_wishes& wishes, const openai::chat_request& request, std::string_view body,
                  openai::edit_list& edits) {
    static const auto no_usage = repair_of("stream_options"), no_top_p = repair_of("top_p"),
                      length = repair_of("max_completion_tokens");
    const auto& speaks = *wishes.speaks;
    auto repairs = wishes.repairs;
    if (speaks.length_is_max_tokens) repairs |= length;
    if (repairs.any()) repairs = applicable(repairs, request, body);
    if (speaks.developer_is_system) {
        for (const auto at : openai::find_roles(body, "developer")) edits.replace(at, "\"system\"");
    }
    const auto& top_p = request.where(member::top_p);
    if (speaks.top_p_is_open && top_p && (repairs & no_top_p).none()) clamp_top_p(top_p->value, body, edits);
    for (std::size_t i = 0; repairs.any() && i != repairs.size(); ++i) {
        if (repairs[i]) repair(rule_of(i), request, body, edits);
    }
    if (wishes.as_stream && !request.stream) ask_for_stream(request, edits);
    const bool streams = request.stream || wishes.as_stream;
    const bool asks = speaks.asks_usage && (wishes.repairs & no_usage).none();
    if (streams && asks) openai::ask_for_usage(request, edits);
}

}  // namespace ferry::provider
