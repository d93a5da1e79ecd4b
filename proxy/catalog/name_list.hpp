// The names that may be asked for, sorted as bytes, with the lines of GET /models. Versions share what is equal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::catalog {

// Some names that follow each other, and their lines as they go out. Immutable.
class name_block {
public:
    struct line {
        std::string name;
        std::string text;  // begins with the comma that parts it from the line before
    };

    explicit name_block(std::vector<line> lines);

    std::size_t size() const { return names_.size(); }
    std::string_view name(std::size_t at) const { return names_[at]; }
    std::string_view text(std::size_t at) const;
    // The lines behind each other.
    const std::string& text() const { return text_; }
    std::vector<line> lines() const;

private:
    std::vector<std::string> names_;
    std::vector<std::uint32_t> ends_;  // of each line, in text_
    std::string text_;
};

// Cheap to copy: one pointer for each 128 names or so. Lives on: any thread, but for put() and erase().
class name_list {
public:
    // REQUIRES: sorted by name, each name once.
    static name_list of(std::vector<name_block::line> lines);

    // Replaces the line of this name, if there is one.
    void put(name_block::line line);
    void erase(std::string_view name);

    std::size_t size() const { return size_; }
    std::size_t bytes() const { return bytes_; }  // of all lines
    // The line of this name, "" if there is none.
    std::string_view find(std::string_view name) const;
    const std::vector<std::shared_ptr<const name_block>>& blocks() const { return blocks_; }

private:
    std::size_t block_of(std::string_view name) const;
    void replace(std::size_t block, std::vector<name_block::line> lines);

    std::vector<std::shared_ptr<const name_block>> blocks_;  // none is empty
    std::size_t size_ = 0, bytes_ = 0;
};

}  // namespace ferry::catalog
