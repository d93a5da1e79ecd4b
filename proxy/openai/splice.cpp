#include "openai/splice.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "openai/byte_order_mark.hpp"

namespace ferry::openai {
namespace {

std::size_t skip_white_space(std::string_view body, std::size_t at) {
    while (is_white_space(body[at])) ++at;
    return at;
}

// The offset of the last byte before `at` that is not white space.
std::size_t last_before(std::string_view body, std::size_t at) {
    do --at;
    while (is_white_space(body[at]));
    return at;
}

}  // namespace

void edit_list::replace(span where, std::string text) {
    replaced_.push_back({where, std::move(text)});
}

void edit_list::replace_lent(span where, std::string_view text) {
    replaced_.push_back({where, {}, text});
}

void edit_list::remove_member(span whole_member) {
    removed_.push_back(whole_member);
}

void edit_list::insert_member(std::string json_member) {
    inserted_.push_back(std::move(json_member));
}

// Members removed side by side give up the comma after each, or, at the end of the object, the one before each.
void edit_list::cut_members(std::string_view body, std::vector<span_edit>& cuts) const {
    auto removed = removed_;
    std::sort(removed.begin(), removed.end(), [](span a, span b) { return a.begin < b.begin; });
    for (std::size_t first = 0; first != removed.size();) {
        std::size_t past = first;
        bool comma_after = false;
        do {
            const std::size_t at = skip_white_space(body, removed[past].end);
            comma_after = body[at] == ',';
            ++past;
            if (!comma_after || past == removed.size() || skip_white_space(body, at + 1) != removed[past].begin) break;
        } while (true);
        for (; first != past; ++first) {
            cuts.push_back({removed[first], {}});
            const std::size_t at =
                comma_after ? skip_white_space(body, removed[first].end) : last_before(body, removed[first].begin);
            if (body[at] == ',') cuts.push_back({{at, at + 1}, {}});
        }
    }
}

void edit_list::add_members(std::vector<span_edit>& cuts) const {
    const span end{top_.close, top_.close};
    bool has_members = top_.members > removed_.size();
    for (const auto& text : inserted_) {
        if (has_members) cuts.push_back({end, ","});
        cuts.push_back({end, text});
        has_members = true;
    }
}

piece_list edit_list::gather(std::string_view body) const {
    std::vector<span_edit> cuts;
    cuts.reserve(replaced_.size() + 2 * (removed_.size() + inserted_.size()));
    for (const auto& each : replaced_) cuts.push_back({each.where, each.text()});
    cut_members(body, cuts);
    add_members(cuts);
    const std::size_t begin = body.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    return gather_edited(body, std::move(cuts), begin);
}

void ask_for_usage(const chat_request& request, edit_list& edits) {
    const auto& options = request.stream_options;
    if (!options) {
        edits.insert_member(R"("stream_options":{"include_usage":true})");
    } else if (options->is_null) {
        edits.replace(request.where(member::stream_options)->value, R"({"include_usage":true})");
    } else if (!options->include_usage) {
        const span inside{options->inside, options->inside};
        edits.replace(inside, options->is_empty ? R"("include_usage":true)" : R"("include_usage":true,)");
    } else if (!options->include_usage_value.value_or(false)) {
        edits.replace(*options->include_usage, "true");
    }
}

}  // namespace ferry::openai
