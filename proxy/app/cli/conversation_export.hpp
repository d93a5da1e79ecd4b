// Conversations as lines of JSON.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include "store/conversation_store.hpp"

namespace ferry::app {

// Calls `take` with every message, oldest first; the memory of one page is all it needs. What is added meanwhile may be
// among them.
void for_each_message(store::conversation_store& store, std::int64_t owner, std::int64_t id,
                      const std::function<void(const store::message_row&)>& take);

// A file that is written to its end, or not at all: "-" is standard output. A new file is its owner's alone.
// Throws std::runtime_error.
class output_file {
public:
    explicit output_file(const std::string& name);
    ~output_file();
    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;

    void put(const std::string& text);
    // Nothing is lost that was put.
    void finish();

private:
    [[noreturn]] void fail() const;

    std::string name_;
    std::FILE* file_ = stdout;
};

struct exported {
    std::size_t conversations = 0, messages = 0;
};

// {"conversation":{...},"messages":[...]} and a line feed.
void export_one(store::conversation_store& store, const store::conversation_row& row, output_file& to, exported& count);

// All of the owner's, oldest first.
void export_all(store::conversation_store& store, std::int64_t owner, output_file& to, exported& count);

}  // namespace ferry::app
