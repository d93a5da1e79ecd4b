#include "catalog/name_list.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ferry::catalog {
namespace {

constexpr std::size_t usual_names = 128;

bool is_line_before(const name_block::line& line, std::string_view name) {
    return line.name < name;
}

}  // namespace

name_block::name_block(std::vector<line> lines) {
    std::size_t bytes = 0;
    for (const line& one : lines) bytes += one.text.size();
    text_.reserve(bytes);
    names_.reserve(lines.size());
    ends_.reserve(lines.size());
    for (line& one : lines) {
        text_ += one.text;
        ends_.push_back(static_cast<std::uint32_t>(text_.size()));
        names_.push_back(std::move(one.name));
    }
}

std::string_view name_block::text(std::size_t at) const {
    const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
    return std::string_view(text_).substr(begin, ends_[at] - begin);
}

std::vector<name_block::line> name_block::lines() const {
    std::vector<line> all;
    all.reserve(size() + 1);
    for (std::size_t i = 0; i < size(); ++i) all.push_back({names_[i], std::string(text(i))});
    return all;
}

name_list name_list::of(std::vector<name_block::line> lines) {
    name_list made;
    for (auto next = lines.begin(); next != lines.end();) {
        const auto end = next + std::min<std::ptrdiff_t>(usual_names, lines.end() - next);
        const std::vector<name_block::line> some(std::make_move_iterator(next), std::make_move_iterator(end));
        made.blocks_.push_back(std::make_shared<const name_block>(some));
        made.bytes_ += made.blocks_.back()->text().size();
        next = end;
    }
    made.size_ = lines.size();
    return made;
}

// The one that has the name, or would have it. REQUIRES: there is a block.
std::size_t name_list::block_of(std::string_view name) const {
    const auto after = std::upper_bound(
        blocks_.begin(), blocks_.end(), name,
        [](std::string_view wanted, const std::shared_ptr<const name_block>& one) { return wanted < one->name(0); });
    return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

void name_list::put(name_block::line line) {
    if (blocks_.empty()) {
        std::vector<name_block::line> first;
        first.push_back(std::move(line));
        *this = of(std::move(first));
        return;
    }
    const std::size_t block = block_of(line.name);
    auto lines = blocks_[block]->lines();
    const auto at = std::lower_bound(lines.begin(), lines.end(), std::string_view(line.name), is_line_before);
    if (at != lines.end() && at->name == line.name)
        *at = std::move(line);
    else
        lines.insert(at, std::move(line));
    replace(block, std::move(lines));
}

void name_list::erase(std::string_view name) {
    if (blocks_.empty()) return;
    const std::size_t block = block_of(name);
    auto lines = blocks_[block]->lines();
    const auto at = std::lower_bound(lines.begin(), lines.end(), name, is_line_before);
    if (at == lines.end() || at->name != name) return;
    lines.erase(at);
    replace(block, std::move(lines));
}

std::string_view name_list::find(std::string_view name) const {
    if (blocks_.empty()) return {};
    const name_block& block = *blocks_[block_of(name)];
    std::size_t first = 0, last = block.size();
    while (first < last) {
        const std::size_t middle = (first + last) / 2;
        if (block.name(middle) == name) return block.text(middle);
        (block.name(middle) < name ? first : last) = block.name(middle) < name ? middle + 1 : middle;
    }
    return {};
}

// A block that has grown too long becomes two, one without lines goes.
void name_list::replace(std::size_t block, std::vector<name_block::line> lines) {
    size_ += lines.size() - blocks_[block]->size();
    bytes_ -= blocks_[block]->text().size();
    const auto at = blocks_.begin() + static_cast<std::ptrdiff_t>(block);
    if (lines.empty()) {
        blocks_.erase(at);
        return;
    }
    std::vector<name_block::line> second;
    if (lines.size() > 2 * usual_names) {
        const auto half = lines.begin() + usual_names;
        second.assign(std::make_move_iterator(half), std::make_move_iterator(lines.end()));
        lines.erase(half, lines.end());
    }
    *at = std::make_shared<const name_block>(std::move(lines));
    bytes_ += (*at)->text().size();
    if (second.empty()) return;
    const auto added = blocks_.insert(at + 1, std::make_shared<const name_block>(std::move(second)));
    bytes_ += (*added)->text().size();
}

}  // namespace ferry::catalog
