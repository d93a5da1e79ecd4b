#include "relay/answer/relay_headers.hpp"

#include <algorithm>

#include "provider/provider.hpp"
#include "relay/books/limits.hpp"

namespace ferry::relay {

namespace {

// Another model answers than the one asked for; of a virtual name every member was asked for.
bool is_fallback(const request& x) {
    if (x.answered_by == nullptr || x.answered_by->model_name == x.route.model_name) return false;
    const auto* route = x.pinned.models->find_route(x.route.model_name);
    if (route == nullptr) return true;
    return std::none_of(route->members.begin(), route->members.end(), [&x](const catalog::route_member& member) {
        return member.model_name == x.answered_by->model_name;
    });
}

}  // namespace

void add_relay_headers(const request& x, text_buffer& head) {
    if (!x.upstream_request_id.empty()) {
        head.add("x-ferry-upstream-request-id: ").add(x.upstream_request_id).add("\r\n");
    }
    if (x.answered_by != nullptr) {
        head.add("x-ferry-model-id: ").add(x.answered_by->id);
        head.add("\r\nx-ferry-provider: ").add(x.answered_by->service->name).add("\r\n");
    }
    if (is_fallback(x)) head.add("x-ferry-fallback: ").add(x.answered_by->model_name).add("\r\n");
    if (x.tries > 0) head.add("x-ferry-attempts: ").add(x.tries).add("\r\n");
    if (x.talk) {
        head.add("x-ferry-conversation-id: ").add(x.talk->which.id);
        head.add("\r\nx-ferry-history: ").add(x.talk->history_count).add("\r\n");
    }
    if (x.adjusted.any()) head.add("x-ferry-adjusted: ").add(provider::names_of(x.adjusted)).add("\r\n");
    if (x.before_us >= 0) head.add("x-ferry-overhead-us: ").add(x.before_us + x.after_us).add("\r\n");
    add_limit_headers(x, head);
    if (!x.budget_warning.empty()) head.add("x-ferry-budget-warning: ").add(x.budget_warning).add("\r\n");
}

}  // namespace ferry::relay
