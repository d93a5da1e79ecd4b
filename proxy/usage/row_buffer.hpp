#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "store/usage_columns.hpp"

namespace ferry::usage {

// Rows that come and go by the thousand: each is made in the memory of one that went, texts included.
// Owned by: batch. Lives on: the shipper's thread.
template <class Row>
class row_buffer {
public:
    // A blank one, behind the others. Moves the others.
    Row& add() {
        if (used_ == rows_.size()) rows_.emplace_back();
        Row& row = rows_[used_++];
        eraser blank;
        if constexpr (std::is_same_v<Row, store::usage_row>)
            store::visit_usage_columns(row, blank);
        else
            store::visit_attempt_columns(row, blank);
        return row;
    }
    void clear() { used_ = 0; }

    std::size_t size() const { return used_; }
    bool empty() const { return used_ == 0; }
    Row& operator[](std::size_t i) { return rows_[i]; }
    const Row* data() const { return rows_.data(); }

private:
    struct eraser {
        void value(const char*, std::string& member) { member.clear(); }
        template <class Member>
        void value(const char*, Member& member) {
            member = Member{};
        }
        template <class Member>
        void time(const char*, Member& member) {
            member = Member{};
        }
    };

    std::vector<Row> rows_;
    std::size_t used_ = 0;
};

}  // namespace ferry::usage
