#include "relay/request/go_on.hpp"

#include <algorithm>

#include "openai/json_text.hpp"
#include "provider/request_edits.hpp"
#include "relay/exchange/continuation.hpp"

namespace ferry::relay {

namespace {

constexpr std::string_view asks_to_go_on =
    R"({"role":"user","content":"Your last answer was cut off. Go on with it exactly where it ends, without repeating )"
    R"(anything of it and without any remark."})";

std::string answer_so_far(const continuation& how) {
    std::string message = R"({"role":"assistant","content":)";
    openai::append_json_string(message, how.given);
    if (how.way == go_on_by::prefix) message += R"(,"prefix":true)";
    if (how.way == go_on_by::partial) message += R"(,"partial":true)";
    return message + "}";
}

// Of the answers a model may give, the likeliest is the likeliest to be given twice. What the client says stands.
void pin(std::string_view name, const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs,
         openai::edit_list& edits) {
    const bool is_refused = (repairs & provider::repair_of(name)).any();
    const bool is_own = std::any_of(to.extra_body.begin(), to.extra_body.end(),
                                    [name](const catalog::body_member& extra) { return extra.name == name; });
    if (is_refused || is_own || provider::where(asked.request, asked.body, name)) return;
    edits.insert_member(openai::quote_json(name) + ":0");
}

}  // namespace

void edit_to_go_on(const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs,
                   openai::edit_list& edits) {
    const auto& how = *asked.goes_on;
    if (how.way == go_on_by::asking_again) {
        if (how.is_pinned) pin("temperature", asked, to, repairs, edits);
        const bool has_seed = asked.operation.words == openai::wording::chat;
        if (how.is_pinned && has_seed) pin("seed", asked, to, repairs, edits);
        return;
    }
    const auto& messages = asked.request.where(openai::member::messages);
    if (!messages) return;
    // Behind the last of them.
    const auto end = messages->value.end - 1;
    auto added = "," + answer_so_far(how);
    if (how.way == go_on_by::asking_to) added.append(",").append(asks_to_go_on);
    edits.replace({end, end}, std::move(added));
    if (how.way != go_on_by::final_message) return;
    edits.insert_member(R"("continue_final_message":true)");
    edits.insert_member(R"("add_generation_prompt":false)");
}

}  // namespace ferry::relay
