#include "relay/request/plan.hpp"

#include <algorithm>
#include <array>

#include "base/number_text.hpp"
#include "net/strict_http.hpp"
#include "openai/form_boundary.hpp"
#include "openai/json_text.hpp"
#include "openai/member_names.hpp"
#include "openai/secret_scrub.hpp"
#include "openai/top_members.hpp"
#include "provider/request_edits.hpp"
#include "relay/request/go_on.hpp"

namespace ferry::relay {

namespace {

using openai::member;

// The row's own members are defaults: what the client says of a member stands, and none is ever there twice.
// `has_length`: the answer's length is bounded already.
void add_extra_body(std::string_view body, const catalog::candidate& to, provider::repair_set repairs, bool has_length,
                    openai::edit_list& edits) {
    if (to.extra_body.empty()) return;
    std::vector<std::string_view> names;
    for (const auto& extra : to.extra_body) names.push_back(extra.name);
    const auto old_length = openai::name_of(member::max_tokens),
               length = openai::name_of(member::max_completion_tokens);
    names.insert(names.end(), {old_length, length});
    const auto present = openai::present_members(body, names);
    const auto says = [&](std::string_view name) {
        return present[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
    };
    for (const auto& extra : to.extra_body) {
        if (says(extra.name)) continue;
        // Two names of one thing, of which the provider may be sent the other.
        if ((extra.name == old_length && says(length)) || (extra.name == length && says(old_length))) continue;
        if (has_length && (extra.name == old_length || extra.name == length)) continue;
        if ((repairs & provider::repair_of(extra.name)).any()) continue;  // it is what the provider refused
        edits.insert_member(extra.quoted_name + ":" + extra.value);
    }
}

// Some services think aloud only in a stream: then a client that waits for the whole answer is served from one.
bool wants_thinking(const openai::chat_request& request, std::string_view body, const catalog::candidate& to) {
    if (const auto& at = request.where(member::enable_thinking)) {
        return body.substr(at->value.begin, at->value.end - at->value.begin) == "true";
    }
    return std::any_of(to.extra_body.begin(), to.extra_body.end(), [](const catalog::body_member& extra) {
        return extra.name == openai::name_of(member::enable_thinking) && extra.value == "true";
    });
}

void edit_model(const openai::chat_request& request, std::string_view body, const catalog::candidate& to,
                openai::edit_list& edits) {
    constexpr std::string_view key = "\"model\"";
    const auto& at = request.where(member::model);
    if (!at) {
        edits.insert_member(std::string(key) + ":" + to.upstream_model_quoted);
    } else if (body.substr(at->whole.begin, key.size()) != key) {
        // A key spelled with escapes goes too, so that no reader upstream can take it for another one.
        edits.replace(at->whole, std::string(key) + ":" + to.upstream_model_quoted);
    } else if (body.substr(at->value.begin, at->value.end - at->value.begin) != to.upstream_model_quoted) {
        edits.replace_lent(at->value, to.upstream_model_quoted);
    }
    for (const auto ours : {member::id, member::conversation_id}) {
        if (const auto& found = request.where(ours)) edits.remove_member(found->whole);
    }
}

// By the lower one of the request's own bound and the limit. True if a bound was put in where there was none.
bool bound_answer(const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs,
                  openai::edit_list& edits) {
    const auto name = asked.operation.length_member, other = openai::name_of(member::max_completion_tokens);
    if (asked.most_output < 0 || name.empty()) return false;
    const bool is_chat = asked.operation.words == openai::wording::chat;
    const auto is_within = [&asked](std::string_view value) {
        const auto number = parse_number(value);
        return number && *number > 0 && *number <= asked.most_output;
    };
    const auto most = std::to_string(std::max<std::int64_t>(asked.most_output, 1));
    bool is_there = false;
    for (const auto each : {name, other}) {
        if (each == other && !is_chat) continue;
        const auto at = provider::where(asked.request, asked.body, each);
        if (!at) continue;
        is_there = true;
        const auto value = asked.body.substr(at->value.begin, at->value.end - at->value.begin);
        if (!is_within(value)) edits.replace(at->value, most);
    }
    // The row's own bound is put in later.
    const bool has_own =
        is_chat && std::any_of(to.extra_body.begin(), to.extra_body.end(), [&](const auto& extra) {
            const bool is_length = extra.name == name || extra.name == other;
            return is_length && is_within(extra.value) && (repairs & provider::repair_of(extra.name)).none();
        });
    if (is_there || has_own) return false;
    static const auto old_name = provider::repair_of("max_tokens");
    const bool is_renamed = is_chat && (repairs & old_name).any();
    edits.insert_member(openai::quote_json(is_renamed ? other : name) + ":" + most);
    return true;
}

openai::edit_list edits_for(const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs) {
    const auto& operation = asked.operation;
    const auto& request = asked.request;
    const auto body = asked.body;
    openai::edit_list edits(request.object);
    if (operation.model != openai::model_place::body_member) return edits;
    if (!asked.is_modelless) edit_model(request, body, to, edits);
    if (operation.words == openai::wording::usage && request.stream && to.speaks->asks_usage) {
        openai::ask_for_usage(request, edits);
    }
    const bool has_length = bound_answer(asked, to, repairs, edits);
    if (asked.goes_on != nullptr) edit_to_go_on(asked, to, repairs, edits);
    if (operation.words != openai::wording::chat) return edits;
    if (!asked.history.empty()) edits.replace_lent({asked.history_at, asked.history_at}, asked.history);
    provider::request_wishes wishes{.speaks = to.speaks, .repairs = repairs};
    static const auto streams_only = provider::repair_of("stream");
    wishes.as_stream =
        (repairs & streams_only).any() || (to.speaks->thinks_in_streams && wants_thinking(request, body, to));
    provider::edit_request(wishes, request, body, edits);
    add_extra_body(body, to, repairs, has_length, edits);
    return edits;
}

void edit_form(const asked_of& asked, const catalog::candidate& to, openai::form_edits& edits) {
    using openai::form_field;
    if (asked.operation.model != openai::model_place::form_part) return;
    const auto& at = asked.form->where(form_field::model);
    if (at && *asked.form->model != to.upstream_model) edits.replace_value(*at, to.upstream_model);
    if (!at && !asked.is_modelless) {
        const auto boundary = openai::form_boundary(asked.from.content_type.value_or(""));
        if (boundary) edits.insert(openai::form_part(*boundary, "model", to.upstream_model));
    }
    for (const auto ours : {form_field::id, form_field::conversation_id}) {
        if (const auto& found = asked.form->where(ours)) edits.remove(*found);
    }
}

// The query of one parameter after the other, without what is for Ferry alone: the key in it, Azure's version.
template <class F>
void for_each_parameter(std::string_view query, F&& f) {
    constexpr auto ours = std::to_array<std::string_view>({"api-version", "api-key", "api_key", "key", "access_token"});
    while (!query.empty()) {
        const auto one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(one.size() + 1, query.size()));
        const auto name = one.substr(0, one.find('='));
        if (one.empty() || std::find(ours.begin(), ours.end(), name) != ours.end()) continue;
        if (!openai::holds_credential(one)) f(one);
    }
}

// What belongs to an account and not to a model is asked for beside Azure's deployments.
std::string_view base_for(const openai::operation& operation, std::string_view base) {
    constexpr std::string_view deployments = "/deployments/";
    const auto at = base.rfind(deployments);
    const bool is_deployment =
        at != std::string_view::npos && base.find('/', at + deployments.size()) == std::string_view::npos;
    return is_deployment && !operation.has_deployment_path ? base.substr(0, at) : base;
}

}  // namespace

request_plan::request_plan(const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs)
    : head_(512), edits_(edits_for(asked, to, repairs)) {
    if (asked.form != nullptr) edit_form(asked, to, form_edits_);
    const auto body_pieces = asked.form != nullptr ? form_edits_.gather(asked.body) : edits_.gather(asked.body);
    std::size_t body_size = 0;
    for (const auto piece : body_pieces) body_size += piece.size();
    write_head(asked, to, body_size);
    pieces_.push_back(head_);
    pieces_.insert(pieces_.end(), body_pieces.begin(), body_pieces.end());
    size_ = head_.size() + body_size;
}

void request_plan::write_target(const asked_of& asked, const catalog::candidate& to) {
    if (asked.operation.words == openai::wording::chat) {
        head_.add(to.where.target);
        return;
    }
    head_.add(base_for(asked.operation, to.where.base)).add(asked.below).add(to.where.query);
    if (!asked.operation.takes_query) return;
    const auto target = asked.from.target;
    const auto begin = std::min(target.find('?'), target.size());
    char before = to.where.query.empty() ? '?' : '&';
    for_each_parameter(target.substr(std::min(begin + 1, target.size())), [this, &before](std::string_view one) {
        head_.add(before).add(one);
        before = '&';
    });
}

void request_plan::write_head(const asked_of& asked, const catalog::candidate& to, std::size_t body_size) {
    const auto& operation = asked.operation;
    const auto line = [this](std::string_view name, std::string_view value) {
        head_.add(name).add(": ").add(value).add("\r\n");
    };
    head_.add(operation.method).add(' ');
    write_target(asked, to);
    head_.add(" HTTP/1.1\r\nhost: ").add(to.where.host_header).add("\r\n");
    if (operation.body == openai::body_kind::form)
        line("content-type", asked.from.content_type.value_or(""));
    else if (body_size > 0)
        line("content-type", "application/json");
    if (operation.body != openai::body_kind::none) head_.add("content-length: ").add(body_size).add("\r\n");
    // A compressed event stream could be neither read nor flushed event by event.
    head_.add("accept-encoding: identity\r\n");
    const auto forward = [&](std::string_view name) {
        bool replaced = false;
        for (const auto& ours : to.extra_headers) replaced = replaced || net::same_token(ours.name, name);
        if (const auto value = asked.from.find(name); value && !replaced) line(name, *value);
    };
    std::for_each(operation.headers.begin(), operation.headers.end(), forward);
    std::for_each(to.speaks->client_headers.begin(), to.speaks->client_headers.end(), forward);
    if (to.credentials) line(to.credentials->name, to.credentials->value.reveal());
    for (const auto& extra : to.extra_headers) line(extra.name, extra.value.reveal());
    head_.add("\r\n");
}

}  // namespace ferry::relay
