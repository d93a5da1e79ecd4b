#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/piece_list.hpp"
#include "openai/chat_request.hpp"
#include "openai/json_text.hpp"
#include "openai/span_edit.hpp"

namespace ferry::openai {

// The changes of one request body, as spans: the body itself is never copied and never changed.
// Owned by: the attempt. Lives on: any thread.
// REQUIRES: edits do not overlap, and every offset belongs to the body given to gather().
class edit_list {
public:
    explicit edit_list(object_extent top) : top_(top) {}

    // `text` stands where `where` stood; an empty span inserts. Edits at one place keep their order.
    void replace(span where, std::string text);
    // The same with a text that is not copied, and lives longer than the list.
    void replace_lent(span where, std::string_view text);

    // Takes the member and exactly one adjoining comma; white space stays.
    void remove_member(span whole_member);

    // `json_member` (`"key":value`) becomes the last member of the top object.
    void insert_member(std::string json_member);

    bool empty() const { return replaced_.empty() && removed_.empty() && inserted_.empty(); }

    // The edited body as pieces of `body` and of this list, in order, none empty, without a byte order mark before it.
    // The views live as long as both do.
    piece_list gather(std::string_view body) const;

private:
    struct replacement {
        span where;
        std::string own;
        std::string_view lent = {};
        std::string_view text() const { return lent.empty() ? std::string_view(own) : lent; }
    };
    void cut_members(std::string_view body, std::vector<span_edit>& cuts) const;
    void add_members(std::vector<span_edit>& cuts) const;

    object_extent top_;
    std::vector<replacement> replaced_;
    std::vector<span> removed_;
    std::vector<std::string> inserted_;
};

// Makes the request ask for the usage of its stream (stream_options.include_usage), wherever that stands now.
// Does nothing if it asks already.
void ask_for_usage(const chat_request& request, edit_list& edits);

}  // namespace ferry::openai
